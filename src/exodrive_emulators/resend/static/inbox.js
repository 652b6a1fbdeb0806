// Brings new mails into the list without reloading the page; without this script a reload does the same.
const PAUSE = 2500;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch("/", { headers: { accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [now, then] = [page.querySelector("#inbox"), document.querySelector("#inbox")];
  if (!now || now.isEqualNode(then)) return;
  const focused = document.activeElement?.getAttribute("href");
  then.replaceWith(document.adoptNode(now));
  document.title = page.title;
  if (focused) document.querySelector(`#inbox a[href="${CSS.escape(focused)}"]`)?.focus();
}

setInterval(() => refresh().catch(() => {}), PAUSE);
