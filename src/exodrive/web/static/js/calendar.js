// <ex-calendar data-form="id">: choose a first and a last day by pointer or keyboard; the form's `start` and `end` hold the choice.
// The months come from the server and are swapped by htmx; the form gets a `days` event when both days are known.

const parse = (day) => new Date(`${day}T00:00Z`);
const iso = (date) => date.toISOString().slice(0, 10);

function addDays(day, count) {
  const date = parse(day);
  date.setUTCDate(date.getUTCDate() + count);
  return iso(date);
}

function addMonths(day, count) {
  const from = parse(day);
  const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + count, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0));
  first.setUTCDate(Math.min(from.getUTCDate(), last.getUTCDate()));
  return iso(first);
}

class Calendar extends HTMLElement {
  #taken = new Set();
  #current = "";
  #wanted = "";
  #turned = "";

  connectedCallback() {
    this.form = document.getElementById(this.dataset.form);
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("pointerover", (event) => this.#paint(event.target.closest(".day")?.dataset.date));
    this.form.addEventListener("change", () => this.#typed());
    new MutationObserver(() => this.#arrive()).observe(this, { childList: true });
    this.#arrive();
  }

  get #start() { return this.form.start.value; }
  get #end() { return this.form.end.value; }

  #days() { return [...this.querySelectorAll(".day")].filter((day) => day.offsetParent); }
  #at(date) { return this.#days().find((day) => day.dataset.date === date); }

  #isFree(from, to) {
    for (let day = from; day <= to; day = addDays(day, 1)) if (this.#taken.has(day)) return false;
    return true;
  }

  #click(event) {
    const turn = event.target.closest("[data-turn]");
    if (turn) this.#turned = turn.dataset.turn;
    const day = event.target.closest(".day");
    if (day && !day.ariaDisabled) this.#pick(day.dataset.date);
  }

  // A first day starts anew after a whole range, backwards, or across a taken day; the same day again is a one-day rental.
  #pick(date) {
    const begins = !this.#start || this.#end || date < this.#start || !this.#isFree(this.#start, date);
    if (begins) this.form.start.value = date;
    this.form.end.value = begins ? "" : date;
    this.#rove(date);
    this.#tell();
  }

  #typed() {
    if (this.#start && this.#end && this.#end < this.#start) this.form.end.value = this.#start;
    this.#paint();
    this.#tell();
  }

  #tell() {
    if (this.#start && this.#end && this.form.checkValidity()) this.form.dispatchEvent(new CustomEvent("days"));
  }

  // New months are here: remember what is taken in them and what no longer is, and put the focus where the keyboard wanted it.
  #arrive() {
    for (const day of this.querySelectorAll(".day")) this.#taken[day.ariaDisabled ? "add" : "delete"](day.dataset.date);
    const turned = this.querySelector(`[data-turn="${this.#turned}"]:not([aria-disabled])`) ?? this.querySelector("a[data-turn][href]");
    if (this.#wanted) this.#focus(this.#wanted);
    else if (this.#turned) turned?.focus();
    if (!this.#wanted) this.#rove();
    this.#wanted = this.#turned = "";
  }

  // One day at a time can be reached by Tab; the arrows move from there.
  #rove(date = this.#current || this.#start) {
    const days = this.#days();
    const here = days.find((day) => day.dataset.date === date) ?? days.find((day) => !day.ariaDisabled) ?? days[0];
    for (const day of days) day.tabIndex = day === here ? 0 : -1;
    this.#current = here?.dataset.date ?? "";
    this.#paint();
  }

  #paint(pointed = "") {
    const start = this.#start;
    const shows = start && !this.#end && pointed >= start && this.#isFree(start, pointed);
    const end = this.#end || (shows ? pointed : start);
    for (const day of this.querySelectorAll(".day")) {
      const date = day.dataset.date;
      const isChosen = Boolean(start) && (date === start || date === this.#end);
      if (isChosen) day.setAttribute("aria-pressed", "true");
      else day.removeAttribute("aria-pressed");
      day.classList.toggle("from", isChosen && date === start && end > start);
      day.classList.toggle("to", isChosen && date === this.#end && end > start);
      day.classList.toggle("in", Boolean(start) && !isChosen && date > start && date <= end);
    }
  }

  #key(event) {
    const day = event.target.closest(".day");
    const target = day && this.#target(event.key, day);
    if (!target) return;
    event.preventDefault();
    if (this.#at(target)) this.#focus(target);
    else this.#turn(target);
  }

  #target(key, day) {
    const date = day.dataset.date;
    const week = [...day.closest("tr").querySelectorAll(".day")];
    const ahead = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const moves = {
      ArrowLeft: () => addDays(date, -ahead), ArrowRight: () => addDays(date, ahead),
      ArrowUp: () => addDays(date, -7), ArrowDown: () => addDays(date, 7),
      PageUp: () => addMonths(date, -1), PageDown: () => addMonths(date, 1),
      Home: () => week[0].dataset.date, End: () => week.at(-1).dataset.date,
    };
    return moves[key]?.();
  }

  #focus(date) {
    this.#rove(date);
    this.#at(date)?.focus();
  }

  #turn(target) {
    const which = target > this.#current ? "next" : "previous";
    const link = this.querySelector(`[data-turn="${which}"][href]`);
    if (!link) return;
    this.#wanted = target;
    link.click();
  }
}

customElements.define("ex-calendar", Calendar);
