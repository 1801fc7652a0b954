// What a page can do without is here: everything works with this file missing.
(() => {
  "use strict";
  const doc = document;
  const language = doc.documentElement.lang.slice(0, 2);
  const WORDS = {
    es: { of: "de", words: "palabras", tooBig: "El archivo es demasiado grande: el máximo es" },
    en: { of: "of", words: "words", tooBig: "The file is too big: the most is" },
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

  // Words left: `data-count-for` one text, `data-count-all` all those with a counter, whose words elsewhere are `data-others`
  const wordsIn = (text) => (text.match(/\S+/g) || []).length;
  const figure = new Intl.NumberFormat(language, { useGrouping: "always" });
  const total = () => each("[data-count-all]", (place) => {
    let used = Number(place.dataset.others);
    each("[data-count-for]", (count) => {
      const input = doc.getElementById(count.dataset.countFor);
      if (input) used += wordsIn(input.value);
    });
    place.textContent = figure.format(used);
  });
  doc.addEventListener("refreshed", total);
  each("[data-count-for]", (count) => {
    const input = doc.getElementById(count.dataset.countFor);
    if (!input) return;
    const most = Number(count.dataset.max);
    const show = () => {
      const used = wordsIn(input.value);
      count.textContent = `${used} ${WORDS.of} ${most} ${WORDS.words}`;
      count.classList.toggle("count--over", used > most);
      total();
    };
    input.addEventListener("input", show);
    input.addEventListener("restored", show);
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

  // The server's time, ticking, and the time left to a deadline: by this device's clock corrected with the server's
  const skewOf = (now) => (now ? Date.parse(now) - Date.now() : 0);
  const zone = doc.documentElement.dataset.zone;
  const clocks = (root) => {
    root.querySelectorAll("[data-countdown]").forEach((place) => {
      const until = Date.parse(place.dataset.countdown);
      const skew = skewOf(place.dataset.now);
      const show = () => {
        if (!place.isConnected) return;
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
    root.querySelectorAll("[data-clock]").forEach((place) => {
      const skew = skewOf(place.dataset.clock);
      const show = () => {
        if (!place.isConnected) return;
        place.textContent = new Date(Date.now() + skew).toLocaleTimeString("es", { timeZone: zone, hour12: false });
        setTimeout(show, 1000);
      };
      show();
    });
  };
  clocks(doc);
  doc.addEventListener("refreshed", (event) => clocks(event.target));

  // What a pressed button saved isn't kept in this browser any longer: the answer says which page's text that was
  const PREFIX = "writing:";
  const keys = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } };
  const arrived = doc.cookie.split("; ").find((pair) => pair.startsWith("saved="));
  if (arrived) {
    const page = arrived.slice("saved=".length);
    for (const key of keys()) if (key.endsWith(`:${page}`)) localStorage.removeItem(key);
    doc.cookie = "saved=; path=/; max-age=0; SameSite=Lax";
  }
  // Who signs out leaves nothing of theirs on this computer; what isn't saved is told before
  each("form[data-forget]", (form) => {
    const own = () => keys().filter((key) => key.startsWith(`${PREFIX}${form.dataset.forget}:`));
    each("[data-forget-warning]", (warning) => { warning.hidden = own().length === 0; });
    form.addEventListener("submit", () => { for (const key of own()) localStorage.removeItem(key); });
  });
})();
