// <ex-gallery>: pictures that open large in a dialog, to be leafed through. Without this script each is a link to its large self.

class Gallery extends HTMLElement {
  connectedCallback() {
    this.links = [...this.querySelectorAll("a[data-shot]")];
    this.dialog = this.querySelector("dialog");
    this.reel = [...this.dialog.querySelectorAll("li")];
    this.links.forEach((link, number) => link.addEventListener("click", (event) => this.#open(event, number)));
    this.dialog.addEventListener("click", ({ target }) => {
      const step = target.closest("[data-step]");
      if (step) this.#show(this.at + Number(step.dataset.step));
      else if (target.matches("dialog, li")) this.dialog.close();
    });
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    this.dialog.addEventListener("close", () => this.links[this.at].focus());
    // What was seen before the last step is told after it now and then, and would turn it back.
    const news = ({ isIntersecting, time }) => isIntersecting && time > this.since;
    const seen = new IntersectionObserver((entries) => entries.filter(news).forEach((one) => this.#tell(one.target)),
      { root: this.dialog.querySelector("ul"), threshold: 0.6 });
    for (const item of this.reel) seen.observe(item);
  }

  #open(event, number) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.dialog.showModal();
    this.#show(number, "instant");
  }

  #show(number, behavior = "auto") {
    const item = this.reel[(number + this.reel.length) % this.reel.length];
    item.scrollIntoView({ behavior, block: "nearest", inline: "center" });
    this.since = performance.now();
    this.#tell(item);
  }

  #tell(item) {
    this.at = this.reel.indexOf(item);
    this.dialog.querySelector("[aria-live]").textContent = item.dataset.caption;
  }

  #key(event) {
    const ahead = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const step = { ArrowLeft: -ahead, ArrowRight: ahead }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#show(this.at + step);
  }
}

customElements.define("ex-gallery", Gallery);
