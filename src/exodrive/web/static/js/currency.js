// <ex-currency>: shows about what prices are in the renter's own currency. What is charged stays as the server wrote it; the choice is kept
// in this browser alone and never sent.

const KEY = "exodrive.currency";

// A browser that keeps nothing for us shows what is chosen on this page alone.
function recall() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

function keep(code) {
  try { localStorage.setItem(KEY, code); } catch { /* as above */ }
}

class Currency extends HTMLElement {
  connectedCallback() {
    this.rates = Object.fromEntries(this.dataset.rates.trim().split(" ").map((rate) => rate.split(":")));
    this.select = this.querySelector("select");
    const kept = recall();
    if ([...this.select.options].some((option) => option.value === kept)) this.select.value = kept;
    this.select.addEventListener("change", () => { keep(this.select.value); this.#show(document); });
    // Prices that are swapped in later are shown the same way.
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (node.querySelector && !node.matches(".about")) this.#show(node);
    }).observe(document.getElementById("main"), { childList: true, subtree: true });
    this.#show(document);
  }

  #show(root) {
    for (const price of root.querySelectorAll("[data-price]")) {
      price.querySelector(".about")?.remove();
      const told = this.#told(price.dataset);
      if (told) price.append(Object.assign(document.createElement("small"), { className: "about", textContent: told }));
    }
  }

  #told({ price, currency }) {
    const wanted = this.select.value;
    if (currency !== this.dataset.of || wanted === currency || !this.rates[wanted]) return "";
    const whole = { style: "currency", currency: wanted, maximumFractionDigits: 0 };
    const amount = new Intl.NumberFormat(document.documentElement.lang, whole).format(price * this.rates[wanted]);
    return this.dataset.about.replace("{amount}", amount);
  }
}

customElements.define("ex-currency", Currency);
