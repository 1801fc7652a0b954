// Writing that saves itself: a form with `data-autosave` is sent after a pause, kept in this browser until it has arrived,
// and comes back after a crash, an ended session or a spell without connection. Everything works with this file missing.
(() => {
  "use strict";
  const doc = document;
  const language = doc.documentElement.lang.slice(0, 2) === "en" ? "en" : "es";
  const WORDS = {
    es: {
      saving: "Guardando…", saved: "Guardado a las", offline: "Sin guardar todavía: no hay conexión. Lo intentaremos otra vez en cuanto vuelva.",
      conflict: "Otra persona ha guardado esta parte.", compare: "Comparar los dos textos", failed: "Sin guardar todavía. Lo intentaremos otra vez.",
      signedOut: "La sesión ha terminado. Copia tu texto y vuelve a entrar.", invalid: "Sin guardar: revisa lo señalado al pulsar el botón.",
      signIn: "La sesión ha terminado. Tu texto sigue aquí y se guardará cuando vuelvas a entrar.", signInLink: "Entrar en otra pestaña",
      restored: "Hemos recuperado lo que escribiste y no se llegó a guardar.",
      decide: "Sin guardar: nada cambia hasta que pulses guardar.",
    },
    en: {
      saving: "Saving…", saved: "Saved at", offline: "Not saved yet: there is no connection. We will try again as soon as it is back.",
      conflict: "Somebody else has saved this part.", compare: "Compare the two texts", failed: "Not saved yet. We will try again.",
      signedOut: "Your session has ended. Copy your text and sign in again.", invalid: "Not saved: press the button to see what to mend.",
      signIn: "Your session has ended. Your text is still here and is saved when you sign in again.", signInLink: "Sign in in another tab",
      restored: "We have brought back what you wrote and hadn't been saved.",
      decide: "Not saved: nothing changes until you press save.",
    },
  }[language];
  const PAUSE = 1500; // of quiet before a save
  const MOST = 5000; // who never pauses is saved this often
  const LONGEST = 30000; // between two attempts
  const PATIENCE = 15000; // with a line that says nothing
  const PRESSED = 3000; // the same, when the button waits
  const KEPT_DAYS = 30;
  const PREFIX = "writing:"; // portal.js knows it, too
  const OURS = ["csrfmiddlewaretoken", "kept", "turn", "comment"];
  const isVersion = (name) => name === "version" || name.endsWith("-version");

  // Answers may bring pieces of the page anew
  const refresh = (parts) => {
    for (const html of parts || []) {
      const fresh = new DOMParser().parseFromString(html, "text/html");
      for (const piece of fresh.querySelectorAll("[data-live]")) {
        const place = doc.querySelector(`[data-live="${piece.dataset.live}"]`);
        if (place && place.innerHTML !== piece.innerHTML) {
          place.innerHTML = piece.innerHTML;
          place.dispatchEvent(new Event("refreshed", { bubbles: true }));
        }
      }
    }
  };

  // Where text waits that hasn't arrived: in this browser, sealed with a key that the server gives to its author only.
  // Each open page has a place of its own and holds its lock; a place whose page is gone is found by the next one.
  const shelfOf = (form) => {
    const { keep: owner, keepKey: raw } = form.dataset;
    if (!owner || !raw || !window.isSecureContext || !navigator.locks) return null;
    const place = `${PREFIX}${owner}:${location.pathname}:`;
    const key = crypto.subtle.importKey("raw", Uint8Array.from(atob(raw), (c) => c.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]);
    const base64 = (bytes) => { let text = ""; for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte); return btoa(text); };
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const hold = (name) => new Promise((answer) => {
      navigator.locks.request(name, { ifAvailable: true }, (lock) => { answer(Boolean(lock)); return lock ? new Promise(() => {}) : undefined; });
    });
    const shelf = { id: form.dataset.kept || crypto.randomUUID(), turn: 0 };
    shelf.ready = hold(place + shelf.id);
    shelf.put = async (content) => {
      const turn = ++shelf.turn;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(JSON.stringify(content)));
      if (turn !== shelf.turn) return; // more was typed meanwhile, or it has arrived
      try { localStorage.setItem(place + shelf.id, JSON.stringify({ at: Date.now(), iv: base64(iv), data: base64(data) })); } catch { /* a full or closed store: the warning on leaving stays */ }
    };
    shelf.clear = () => { shelf.turn += 1; try { localStorage.removeItem(place + shelf.id); } catch { /* nothing to clear */ } };
    const read = async (name) => {
      try {
        const { iv, data } = JSON.parse(localStorage.getItem(name));
        return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, await key, bytes(data))));
      } catch { return null; }
    };
    // Give each text that a page left behind to `take`, the newest first, until it says that it took one
    shelf.find = async (take) => {
      let rows = [];
      try {
        rows = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).map((name) => [name, JSON.parse(localStorage.getItem(name)).at || 0]);
      } catch { return; }
      for (const [name, at] of rows) if (Date.now() - at > KEPT_DAYS * 86400000) localStorage.removeItem(name);
      rows = rows.filter(([name]) => name.startsWith(place) && name !== place + shelf.id).sort((one, other) => other[1] - one[1]);
      for (const [name] of rows) {
        const content = await read(name);
        if (!content || !(await hold(name))) continue;
        const verdict = take(content);
        if (verdict === "same") localStorage.removeItem(name);
        if (verdict === "taken") { shelf.id = name.slice(place.length); return; }
      }
    };
    return shelf;
  };

  const forms = [];
  doc.querySelectorAll("form[data-autosave]").forEach((form) => {
    const status = form.querySelector("[data-save-status]") || doc.querySelector("[data-save-status]");
    const state = { dirty: false, busy: false, timer: 0, sent: false, stopped: false, tries: 0, pressed: null, since: 0 };
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
    const inputs = () => [...form.elements].filter((input) => input.name && input.type !== "file" && input.tagName !== "BUTTON" && !OURS.includes(input.name));
    // Texts with a version each: only those that changed here travel, so that two people on two texts don't meet
    const apart = inputs().some((input) => input.name.endsWith("-version"));
    const current = () => new Map(inputs().map((input) => [input.name, input.value]));
    const written = (input) => (input.options ? ([...input.options].find((each) => each.defaultSelected) || input.options[0] || {}).value : input.defaultValue);
    let stored = "unsaved" in form.dataset ? new Map() : new Map(inputs().map((input) => [input.name, written(input)])); // by the server
    form.addEventListener("formdata", (event) => {
      if (!apart) return;
      for (const [name, value] of current()) {
        if (!isVersion(name) && current().has(`${name}-version`) && stored.get(name) === value) {
          event.formData.delete(name);
          event.formData.delete(`${name}-version`);
        }
      }
    });
    // Once it is on its way, nobody knows what stands there: it travels again, also where it was undone meanwhile
    const unsettle = () => { for (const [name, value] of current()) if (stored.get(name) !== value) stored.delete(name); };
    const versions = () => Object.fromEntries(inputs().filter((input) => isVersion(input.name)).map((input) => [input.name, input.value]));
    const entries = () => [...new FormData(form).entries()].filter(([name, value]) => typeof value === "string" && !OURS.includes(name) && !isVersion(name));

    const shelf = shelfOf(form);
    if (shelf) {
      for (const [name, value] of [["kept", shelf.id], ["turn", form.dataset.turn || "0"]]) {
        const input = doc.createElement("input"); // so that the server knows this page's own saves again, and their order
        Object.assign(input, { type: "hidden", name, value });
        form.append(input);
      }
    }
    const turn = () => (shelf ? form.elements.namedItem("turn") : { value: 0 });
    // Where two texts meet, the form has the version that stands: only the button writes over it. What is kept has the one
    // that its writer had seen, so that whoever comes back to it meets the other text again
    let seen = "seen" in form.dataset ? JSON.parse(form.dataset.seen) : null;
    const shelve = () => { if (shelf) shelf.put({ versions: { ...versions(), ...seen }, entries: entries(), search: location.search, turn: Number(turn().value) }); };
    const clear = () => { if (shelf) shelf.clear(); };
    const fill = (pairs) => {
      const values = new Map();
      for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
      for (const input of inputs()) {
        if (isVersion(input.name)) continue;
        if (input.type === "checkbox" || input.type === "radio") input.checked = (values.get(input.name) || []).includes(input.value);
        else if (values.has(input.name)) input.value = values.get(input.name)[0];
        input.dispatchEvent(new Event("restored"));
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
    // A line that stalls is given up: what comes of it later, the server knows for old
    const ask = async (address, options) => {
      state.line = new AbortController();
      const limit = setTimeout(() => state.line.abort(), PATIENCE);
      try {
        const answer = await fetch(address, { credentials: "same-origin", signal: state.line.signal, ...options });
        return { answer, text: await answer.text() };
      } finally {
        clearTimeout(limit);
      }
    };
    // After signing in again, in another tab for instance, the page's token is another one
    const renew = async () => {
      const { answer, text } = await ask(location.href, { headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 401) return false;
      if (!answer.ok) return answer.status >= 500 ? false : null;
      const page = new DOMParser().parseFromString(text, "text/html");
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
      state.since = 0;
      say(WORDS.saving);
      turn().value = Number(turn().value) + 1;
      unsettle();
      shelve();
      const body = new FormData(form);
      for (const [name, value] of [...body.entries()]) if (value instanceof File) body.delete(name);
      const sent = current();
      try {
        const { answer, text } = await ask(form.dataset.autosave || form.action || location.href, {
          method: "POST", body, headers: { "X-Requested-With": "fetch", Accept: "application/json" },
        });
        const data = (answer.headers.get("content-type") || "").includes("json") ? JSON.parse(text) : {};
        if (answer.status === 409) {
          state.dirty = state.stopped = true;
          shelve();
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
          stored = sent;
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
      state.since = state.since || Date.now();
      shelve();
      if (!state.stopped) later(Math.max(0, Math.min(PAUSE, state.since + MOST - Date.now())));
    };
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("submit", (event) => {
      clearTimeout(state.timer);
      state.pressed = null;
      if (seen) {
        seen = null;
        state.stopped = false;
      }
      if (navigator.onLine === false) {
        event.preventDefault();
        state.dirty = true;
        say(WORDS.offline);
        again();
        return;
      }
      if (state.busy) { // what is on its way arrives first, if it does soon: two saves at once would refuse each other
        event.preventDefault();
        state.pressed = event.submitter || form.querySelector("button");
        setTimeout(() => { if (state.pressed) state.line.abort(); }, PRESSED);
        return;
      }
      state.sent = true;
      turn().value = Number(turn().value) + 1;
      unsettle();
      shelve();
    });
    window.addEventListener("online", () => { if (state.dirty) { state.tries = 0; save(); } });
    window.addEventListener("focus", () => { if (state.dirty && state.tries && !state.busy) later(0); });
    window.addEventListener("pageshow", () => { state.sent = false; });

    doc.querySelectorAll("[data-leave]").forEach((link) => link.addEventListener("click", () => {
      state.dirty = false;
      clear();
    }));

    // Back on the page: what was typed and never saved is there again
    const restore = (kept) => {
      if (state.dirty) return "left"; // something is being typed already: the next page finds it
      const here = new Set(inputs().map((input) => input.name));
      const now = current();
      if (apart ? kept.entries.every(([name, value]) => now.get(name) === value) : JSON.stringify(kept.entries) === JSON.stringify(entries())) return "same";
      if (kept.entries.some(([name, value]) => value && !here.has(name)) && kept.search !== location.search) {
        location.replace(location.pathname + kept.search); // written where the page had more rows
        return "taken";
      }
      fill(kept.entries);
      const typed = new Set(kept.entries.map(([name]) => `${name}-version`));
      for (const input of inputs()) { // if somebody saved meanwhile, both texts are compared
        if (isVersion(input.name) && input.name in kept.versions && (!apart || typed.has(input.name))) input.value = kept.versions[input.name];
      }
      turn().value = Math.max(Number(turn().value), kept.turn || 0);
      state.dirty = true;
      return "taken";
    };
    if ("unsaved" in form.dataset) {
      state.dirty = true; // the page itself brings back what was refused
      state.stopped = Boolean(seen);
      if (seen) say(WORDS.decide);
      shelve();
    } else if (shelf) {
      shelf.ready.then(() => shelf.find(restore)).then(() => {
        if (!state.dirty) return;
        form.elements.namedItem("kept").value = shelf.id;
        if (!state.since) { say(WORDS.restored); later(PAUSE); }
      });
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (forms.some((state) => state.dirty && !state.sent)) event.preventDefault();
  });
})();
