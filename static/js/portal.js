// What a page can do without is here: everything works with this file missing.
(() => {
  "use strict";
  const doc = document;
  const language = doc.documentElement.lang.slice(0, 2);
  const WORDS = {
    es: {
      of: "de", words: "palabras", saving: "Guardando…", saved: "Guardado a las", offline: "Sin guardar todavía: no hay conexión. Lo intentaremos otra vez en cuanto vuelva.",
      conflict: "Otra persona ha guardado esta parte.", compare: "Comparar los dos textos", failed: "Sin guardar todavía. Lo intentaremos otra vez.",
      signedOut: "La sesión ha terminado. Copia tu texto y vuelve a entrar.", invalid: "Sin guardar: revisa lo señalado al pulsar el botón.",
      signIn: "La sesión ha terminado. Tu texto sigue aquí y se guardará cuando vuelvas a entrar.", signInLink: "Entrar en otra pestaña",
      restored: "Hemos recuperado lo que escribiste y no se llegó a guardar.",
      tooBig: "El archivo es demasiado grande: el máximo es", unsaved: "Cambios sin guardar",
    },
    en: {
      of: "of", words: "words", saving: "Saving…", saved: "Saved at", offline: "Not saved yet: there is no connection. We will try again as soon as it is back.",
      conflict: "Somebody else has saved this part.", compare: "Compare the two texts", failed: "Not saved yet. We will try again.",
      signedOut: "Your session has ended. Copy your text and sign in again.", invalid: "Not saved: press the button to see what to mend.",
      signIn: "Your session has ended. Your text is still here and is saved when you sign in again.", signInLink: "Sign in in another tab",
      restored: "We have brought back what you wrote and hadn't been saved.",
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

  // A long list of steps is folded where the screen is narrow
  each("details[data-fold]", (fold) => {
    const narrow = window.matchMedia("(max-width: 991px)");
    const fit = () => { fold.open = !narrow.matches; };
    narrow.addEventListener("change", fit);
    fit();
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

  // Saving in the background: the same form, sent by itself after a pause. Answers may bring pieces of the page anew.
  const refresh = (parts) => {
    for (const html of parts || []) {
      const fresh = new DOMParser().parseFromString(html, "text/html");
      for (const piece of fresh.querySelectorAll("[data-live]")) {
        const place = doc.querySelector(`[data-live="${piece.dataset.live}"]`);
        if (place && place.innerHTML !== piece.innerHTML) place.innerHTML = piece.innerHTML;
      }
    }
  };
  // What a pressed button saved isn't kept any longer: the answer says which page's form that was
  const arrived = doc.cookie.split("; ").find((pair) => pair.startsWith("saved="));
  if (arrived) {
    const page = decodeURIComponent(arrived.slice("saved=".length));
    try {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith("unsaved:") && key.endsWith(`:${page}`)) sessionStorage.removeItem(key);
      }
    } catch { /* a closed store holds nothing */ }
    doc.cookie = "saved=; path=/; max-age=0; SameSite=Lax";
  }
  const forms = [];
  const PAUSE = 1500;
  const LONGEST = 30000;
  each("form[data-autosave]", (form) => {
    const status = form.querySelector("[data-save-status]") || doc.querySelector("[data-save-status]");
    const state = { dirty: false, busy: false, timer: 0, sent: false, stopped: false, tries: 0, pressed: null };
    forms.push(state);
    const say = (text, url, words) => {
      if (!status) return;
      status.textContent = text;
      if (url) {
        const link = doc.createElement("a");
        link.href = url;
        link.textContent = words || WORDS.compare;
        if (!url.startsWith("#")) link.target = "_blank"; // what is typed here stays here
        status.append(" ", link);
      }
    };
    const version = () => form.elements.namedItem("version");
    const entries = () => [...new FormData(form).entries()].filter(([name, value]) =>
      typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "version");

    // What isn't saved yet waits in this tab, where what is typed is no secret (`data-keep` says whose it is)
    const shelf = form.dataset.keep ? `unsaved:${form.dataset.keep}:${location.pathname}` : "";
    const shelve = () => {
      if (!shelf || !version()) return;
      try {
        sessionStorage.setItem(shelf, JSON.stringify({ version: version().value, entries: entries() }));
      } catch { /* a full or closed store: the warning on leaving stays */ }
    };
    const clear = () => { if (shelf) try { sessionStorage.removeItem(shelf); } catch { /* nothing to clear */ } };
    const shelved = () => {
      try { return shelf ? JSON.parse(sessionStorage.getItem(shelf)) : null; } catch { return null; }
    };
    const fill = (pairs) => {
      const values = new Map();
      for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
      for (const input of form.elements) {
        if (!input.name || input.type === "file" || ["csrfmiddlewaretoken", "version"].includes(input.name)) continue;
        if (input.type === "checkbox" || input.type === "radio") input.checked = (values.get(input.name) || []).includes(input.value);
        else if (values.has(input.name)) input.value = values.get(input.name)[0];
      }
    };

    const later = (pause) => {
      clearTimeout(state.timer);
      state.timer = setTimeout(save, pause);
    };
    const again = () => {
      state.tries += 1;
      later(Math.min(LONGEST, 1000 * 2 ** state.tries));
    };
    // After signing in again, in another tab for instance, the page's token is another one
    const renew = async () => {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
      if (answer.status === 401) return false;
      if (!answer.ok) return answer.status >= 500 ? false : null;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const twin = page.querySelector("form[data-autosave]");
      const token = twin && twin.elements.namedItem("csrfmiddlewaretoken");
      if (!token || (twin.dataset.keep || "") !== (form.dataset.keep || "")) return null;
      form.elements.namedItem("csrfmiddlewaretoken").value = token.value;
      return true;
    };
    const signedOut = async (data) => {
      state.dirty = true;
      shelve();
      const renewed = await renew();
      if (renewed === null) {
        state.stopped = true;
        say(data.message || WORDS.signedOut);
      } else if (renewed) {
        later(state.tries ? 5000 : 0);
        state.tries += 1;
      } else {
        say(form.dataset.keep ? WORDS.signIn : WORDS.signedOut, form.dataset.signIn, WORDS.signInLink);
        again();
      }
    };
    const save = async () => {
      if (state.busy || state.stopped || !state.dirty) { if (state.busy) later(500); return; }
      if (navigator.onLine === false) { say(WORDS.offline); again(); return; }
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
          await signedOut(data);
        } else if (answer.status === 400 || answer.status === 422) {
          state.dirty = true;
          state.tries += 1; // nothing changes until something is typed: ask ever less often
          say(data.message || WORDS.invalid);
        } else if (!answer.ok) {
          throw new Error(String(answer.status));
        } else {
          state.tries = 0;
          for (const [name, value] of Object.entries(data.versions || (data.version !== undefined ? { version: data.version } : {}))) {
            const input = form.elements.namedItem(name);
            if (input) input.value = value;
          }
          refresh(data.parts);
          const now = new Date().toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: doc.documentElement.dataset.zone });
          if (state.dirty) shelve();
          else {
            clear();
            say(data.status || `${WORDS.saved} ${data.at || now}`);
          }
        }
      } catch {
        state.dirty = true;
        say(navigator.onLine === false ? WORDS.offline : WORDS.failed);
        again();
      } finally {
        state.busy = false;
        if (state.pressed) form.requestSubmit(state.pressed.isConnected ? state.pressed : undefined);
        else if (state.dirty && !state.stopped && !state.tries) later(PAUSE);
      }
    };
    const touched = () => {
      state.dirty = true;
      state.tries = 0;
      shelve();
      if (!state.stopped) later(PAUSE);
    };
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("submit", (event) => {
      clearTimeout(state.timer);
      state.pressed = null;
      if (navigator.onLine === false) {
        event.preventDefault();
        state.dirty = true;
        say(WORDS.offline);
        again();
        return;
      }
      if (state.busy) { // what is on its way arrives first: two saves at once would refuse each other
        event.preventDefault();
        state.pressed = event.submitter || form.querySelector("button");
        return;
      }
      state.sent = true;
      shelve();
    });
    window.addEventListener("online", () => { if (state.dirty) { state.tries = 0; save(); } });
    window.addEventListener("focus", () => { if (state.dirty && state.tries && !state.busy) later(0); });
    window.addEventListener("pageshow", () => { state.sent = false; });

    // Back on the page: what was typed and never saved is there again
    const kept = shelved();
    if ("unsaved" in form.dataset) {
      state.dirty = true; // the page itself brings back what was refused
      shelve();
    } else if (kept && version()) {
      const same = JSON.stringify(kept.entries) === JSON.stringify(entries());
      if (same) clear();
      else {
        fill(kept.entries);
        version().value = kept.version; // if somebody saved meanwhile, both texts are compared
        state.dirty = true;
        say(WORDS.restored);
        later(PAUSE);
      }
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (forms.some((state) => state.dirty && !state.sent)) event.preventDefault();
  });
})();
