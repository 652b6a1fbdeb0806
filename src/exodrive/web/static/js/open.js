// The landing page of a private link: presses its one button, so that opening the link needs no second click.
document.querySelector("form[data-open]")?.requestSubmit();
