// Forms marked data-check: a field is judged when it is left, never while it is typed in; a form is sent once. Where data-check names an
// address, the server is asked too, with what was left and what it depends on. Without this script the browser's own checks and the
// server's answer to the whole form do the same work.

const typed = new WeakSet(); // fields that somebody wrote in: one that is only passed by is not missing yet

function words({ validity, dataset, form, validationMessage }) {
  if (validity.valueMissing) return dataset.missing || form.dataset.missing;
  if (validity.rangeOverflow && dataset.over) return dataset.over;
  return validity.valid ? "" : dataset.wrong || validationMessage;
}

function say(field, sentence) {
  const said = document.getElementById(`${field.id}-error`);
  if (!said) return;
  const isNews = sentence && said.textContent !== sentence;
  said.textContent = sentence;
  if (sentence) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  const fold = field.closest("details");
  if (sentence && fold) fold.open = true;
  const told = field.form.querySelector("[data-told]");
  if (told && isNews) told.textContent = `${field.labels[0]?.textContent.trim() ?? ""}: ${sentence}`;
}

const judge = (field) => say(field, words(field));

function left({ target }) {
  if (!target.willValidate || !(target.value || typed.has(target) || target.validity.badInput)) return;
  if (target.type === "checkbox" && !typed.has(target)) return;
  judge(target);
  if (target.validity.valid) ask(target);
}

// The server says what is wrong so far; shown is what it says of this field, and of the hours, which follow from the places.
async function ask(field) {
  const { form, name, value } = field;
  if (!form.dataset.check || !name) return;
  const known = new Set([name, ...[...form.querySelectorAll("[data-priced]")].map((one) => one.name)]);
  const body = new URLSearchParams([...new FormData(form)].filter(([one]) => known.has(one)));
  const answer = await fetch(form.dataset.check, { method: "POST", body }).catch(() => null);
  if (!answer?.ok || field.value !== value) return;
  const wrong = await answer.json();
  if (field.validity.valid) say(field, wrong[name] ?? "");
  for (const hour of form.querySelectorAll("select[name$=_time]")) say(hour, wrong[hour.name] ?? "");
}

const sender = (form) => [...form.elements].find((one) => one.matches("[type=submit][data-working]"));

function work(form, isWorking) {
  const button = sender(form);
  if (!button || isWorking === button.hasAttribute("aria-disabled")) return;
  button.toggleAttribute("aria-disabled", isWorking);
  if (isWorking) button.setAttribute("aria-disabled", "true");
  const before = button.textContent;
  button.textContent = button.dataset.working;
  button.dataset.working = before;
}

function send(event) {
  const form = event.currentTarget;
  const fields = [...form.elements].filter((field) => field.willValidate);
  for (const field of fields) judge(field);
  const wrong = fields.find((field) => !field.validity.valid);
  const isSent = sender(form)?.hasAttribute("aria-disabled");
  if (wrong || isSent) event.preventDefault();
  if (wrong) wrong.focus();
  else work(form, true);
}

function changed({ currentTarget: form, target }) {
  // What a fold says of itself is what was chosen in it.
  for (const said of form.querySelectorAll(`[data-says="${target.name}"]`)) said.textContent = target.selectedOptions[0].text;
  if (target.matches("select, [type=radio]")) ask(target);
}

for (const form of document.querySelectorAll("form[data-check]")) {
  form.noValidate = true;
  form.addEventListener("focusout", left);
  form.addEventListener("input", ({ target }) => {
    typed.add(target);
    if (target.ariaInvalid && target.validity.valid) judge(target);
  });
  form.addEventListener("change", changed);
  form.addEventListener("submit", send);
  addEventListener("pageshow", () => work(form, false));
}
