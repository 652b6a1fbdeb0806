// Forms marked data-check: a field is judged when it is left, never while it is typed in; a form is sent once. Without this script the
// browser's own checks and the server's do the same work.

function judge(field) {
  const said = document.getElementById(`${field.id}-error`);
  if (!said) return;
  const isFine = field.validity.valid;
  const words = field.validity.valueMissing ? field.form.dataset.missing : field.dataset.wrong || field.validationMessage;
  said.textContent = isFine ? "" : words;
  if (isFine) field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
}

function work(form, isWorking) {
  const button = form.querySelector("[type=submit][data-working]");
  if (!button || isWorking === button.hasAttribute("aria-disabled")) return;
  button.toggleAttribute("aria-disabled", isWorking);
  if (isWorking) button.setAttribute("aria-disabled", "true");
  const words = button.textContent;
  button.textContent = button.dataset.working;
  button.dataset.working = words;
}

function send(event) {
  const form = event.currentTarget;
  const fields = [...form.elements].filter((field) => field.willValidate);
  for (const field of fields) judge(field);
  const wrong = fields.find((field) => !field.validity.valid);
  const isSent = form.querySelector("[type=submit][data-working][aria-disabled]");
  if (wrong || isSent) event.preventDefault();
  if (wrong) wrong.focus();
  else work(form, true);
}

for (const form of document.querySelectorAll("form[data-check]")) {
  form.noValidate = true;
  form.addEventListener("focusout", ({ target }) => { if (target.willValidate && target.value) judge(target); });
  form.addEventListener("input", ({ target }) => { if (target.ariaInvalid && target.validity.valid) judge(target); });
  form.addEventListener("submit", send);
  addEventListener("pageshow", () => work(form, false));
}
