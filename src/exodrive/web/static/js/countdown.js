// <ex-countdown until="…" now="…">: the time left, by the server's clock; when it is over the page is asked for again, which says what happened.

class Countdown extends HTMLElement {
  connectedCallback() {
    const ahead = Date.parse(this.getAttribute("now")) - Date.now();
    const until = Date.parse(this.getAttribute("until"));
    const left = () => Math.max(0, Math.round((until - Date.now() - ahead) / 1000));
    this.show(left());
    this.timer = setInterval(() => {
      this.show(left());
      if (!left()) this.#over();
    }, 1000);
  }

  disconnectedCallback() { clearInterval(this.timer); }

  show(seconds) {
    this.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  #over() {
    clearInterval(this.timer);
    setTimeout(() => location.reload(), 1500);
  }
}

customElements.define("ex-countdown", Countdown);
