// <ex-share>: copies the link in its field, and hands it to the device's own way of sharing where there is one. Without this script the
// field can be selected and copied by hand.

class Share extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.field.addEventListener("focus", () => this.field.select());
    if (navigator.clipboard) this.#offer("[data-copy]", () => this.#copy());
    if (navigator.share) this.#offer("[data-share]", () => this.#share());
  }

  #offer(which, press) {
    const button = this.querySelector(which);
    button.hidden = false;
    button.addEventListener("click", press);
  }

  async #copy() {
    await navigator.clipboard.writeText(this.field.value).catch(() => this.field.select());
    this.querySelector("[role=status]").textContent = this.dataset.copied;
  }

  async #share() {
    await navigator.share({ title: this.dataset.title, url: this.field.value }).catch(() => {});
  }
}

customElements.define("ex-share", Share);
