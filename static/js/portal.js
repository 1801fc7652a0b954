// What a page can do without is here: everything works with this file missing.
(() => {
  "use strict";
  const doc = document;
  const language = doc.documentElement.lang.slice(0, 2);
  const WORDS = {
    es: {
      of: "de", words: "palabras", saving: "Guardando…", saved: "Guardado a las", offline: "Sin conexión: se guardará en cuanto vuelva.",
      conflict: "Otra persona ha guardado esta parte.", compare: "Comparar los dos textos", failed: "No se ha podido guardar. Lo intentaremos otra vez.",
      signedOut: "La sesión ha terminado. Copia tu texto y vuelve a entrar.", invalid: "Sin guardar: revisa lo señalado al pulsar el botón.",
      tooBig: "El archivo es demasiado grande: el máximo es", unsaved: "Cambios sin guardar",
    },
    en: {
      of: "of", words: "words", saving: "Saving…", saved: "Saved at", offline: "No connection: it will be saved when it is back.",
      conflict: "Somebody else has saved this part.", compare: "Compare the two texts", failed: "It couldn't be saved. We will try again.",
      signedOut: "Your session has ended. Copy your text and sign in again.", invalid: "Not saved: press the button to see what to mend.",
      tooBig: "The file is too big: the most is", unsaved: "Unsaved changes",
    },
  }[language === "en" ? "en" : "es"];
  const each = (selector, act) => doc.querySelectorAll(selector).forEach(act);

  // The menu of a phone
  each("[data-menu]", (button) => {
    const menu = doc.getElementById(button.dataset.menu);
    button.addEventListener("click", () => {
      const open = menu.classList.toggle("is-open");
      button.setAttribute("aria-expanded", String(open));
    });
  });

  // Pop-ups close with Escape, and when the focus or a click goes elsewhere
  each("details[data-popup]", (popup) => {
    const close = () => { popup.open = false; };
    doc.addEventListener("click", (event) => { if (!popup.contains(event.target)) close(); });
    popup.addEventListener("focusout", (event) => { if (event.relatedTarget && !popup.contains(event.relatedTarget)) close(); });
    popup.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { close(); popup.querySelector("summary").focus(); }
    });
  });

  // The summary of a form's problems takes the focus
  const summary = doc.querySelector("[data-focus]");
  if (summary) summary.focus();

  // Words left
  each("[data-count-for]", (count) => {
    const input = doc.getElementById(count.dataset.countFor);
    if (!input) return;
    const most = Number(count.dataset.max);
    const show = () => {
      const used = (input.value.match(/\S+/g) || []).length;
      count.textContent = `${used} ${WORDS.of} ${most} ${WORDS.words}`;
      count.classList.toggle("count--over", used > most);
    };
    input.addEventListener("input", show);
  });

  // Too big a file is told before it travels
  each("input[type=file][data-max-bytes]", (input) => {
    input.addEventListener("change", () => {
      const most = Number(input.dataset.maxBytes);
      const big = [...input.files].some((file) => file.size > most);
      input.setCustomValidity(big ? `${WORDS.tooBig} ${Math.round(most / 1e6)} MB.` : "");
      if (big) input.reportValidity();
    });
  });

  // A select that sorts or filters sends its form by itself; its button stays for those without script
  each("form[data-autosubmit]", (form) => {
    form.addEventListener("change", () => form.requestSubmit());
  });

  // A table or a page to print
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // Time left to a deadline, by this device's clock corrected with the server's
  each("[data-countdown]", (place) => {
    const until = Date.parse(place.dataset.countdown);
    const skew = place.dataset.now ? Date.parse(place.dataset.now) - Date.now() : 0;
    const show = () => {
      const left = Math.max(0, Math.floor((until - Date.now() - skew) / 1000));
      const hours = Math.floor(left / 3600);
      if (hours < 48) {
        const two = (number) => String(number).padStart(2, "0");
        place.textContent = `${hours}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
        place.hidden = false;
      }
      if (left > 0) setTimeout(show, 1000);
    };
    show();
  });

  // Saving in the background: the same form, sent by itself after a pause
  const forms = [];
  each("form[data-autosave]", (form) => {
    const status = form.querySelector("[data-save-status]") || doc.querySelector("[data-save-status]");
    const state = { dirty: false, busy: false, timer: 0, sent: false, stopped: false };
    forms.push(state);
    const say = (text, url) => {
      if (!status) return;
      status.textContent = text;
      if (url) {
        const link = doc.createElement("a");
        link.href = url;
        link.textContent = WORDS.compare;
        link.target = "_blank"; // what is typed here stays here
        status.append(" ", link);
      }
    };
    const later = (pause) => {
      clearTimeout(state.timer);
      state.timer = setTimeout(save, pause);
    };
    const save = async () => {
      if (state.busy || state.stopped || !state.dirty) { if (state.busy) later(500); return; }
      if (navigator.onLine === false) { say(WORDS.offline); later(5000); return; }
      state.busy = true;
      state.dirty = false;
      say(WORDS.saving);
      const body = new FormData(form);
      for (const [name, value] of [...body.entries()]) if (value instanceof File) body.delete(name);
      try {
        const answer = await fetch(form.dataset.autosave || form.action || location.href, {
          method: "POST", body, headers: { "X-Requested-With": "fetch", Accept: "application/json" }, credentials: "same-origin",
        });
        const data = (answer.headers.get("content-type") || "").includes("json") ? await answer.json() : {};
        if (answer.status === 409) {
          state.dirty = state.stopped = true;
          say(data.message || WORDS.conflict, data.url || location.href);
        } else if (answer.status === 401 || answer.status === 403) {
          state.dirty = state.stopped = true;
          say(data.message || WORDS.signedOut);
        } else if (answer.status === 400 || answer.status === 422) {
          state.dirty = true;
          say(data.message || WORDS.invalid);
        } else if (!answer.ok) {
          throw new Error(String(answer.status));
        } else {
          for (const [name, value] of Object.entries(data.versions || (data.version !== undefined ? { version: data.version } : {}))) {
            const input = form.elements.namedItem(name);
            if (input) input.value = value;
          }
          const now = new Date().toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: doc.documentElement.dataset.zone });
          if (!state.dirty) say(`${WORDS.saved} ${data.at || now}`);
        }
      } catch {
        state.dirty = true;
        say(navigator.onLine === false ? WORDS.offline : WORDS.failed);
        later(5000);
      } finally {
        state.busy = false;
        if (state.dirty && !state.stopped) later(1500);
      }
    };
    const touched = () => {
      state.dirty = true;
      if (!state.stopped) later(1500);
    };
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("submit", () => { state.sent = true; clearTimeout(state.timer); });
    window.addEventListener("online", () => { if (state.dirty) save(); });
  });
  window.addEventListener("beforeunload", (event) => {
    if (forms.some((state) => state.dirty && !state.sent)) event.preventDefault();
  });
})();
