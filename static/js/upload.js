// Files sent piece by piece, and continued where a line broke. Without this file the form sends them whole.
(() => {
  "use strict";
  const doc = document;
  const WORDS = {
    es: {
      preparing: "Preparando…", sending: "Enviando", checking: "Comprobando el archivo…", paused: "En pausa", choose: "Elige un archivo.",
      waiting: "Se ha cortado la conexión. Seguimos solos en cuanto vuelva, desde donde se quedó.",
      signIn: "La sesión ha terminado. Entra en otra pestaña y pulsa Continuar: lo enviado se conserva.",
      failed: "No se ha podido enviar. Pulsa Continuar para seguir desde donde se quedó.",
    },
    en: {
      preparing: "Preparing…", sending: "Sending", checking: "Checking the file…", paused: "Paused", choose: "Choose a file.",
      waiting: "The connection broke. We go on by ourselves when it is back, from where it stopped.",
      signIn: "Your session has ended. Sign in in another tab and press Continue: what was sent is kept.",
      failed: "It couldn't be sent. Press Continue to go on from where it stopped.",
    },
  }[doc.documentElement.lang.slice(0, 2) === "en" ? "en" : "es"];
  const form = doc.querySelector("form[data-upload]");
  if (!form || !window.fetch) return;
  const part = (name) => form.querySelector(`[data-upload-${name}]`);
  const [bar, status, percent, pause, resume] = ["bar", "status", "percent", "pause", "resume"].map(part);
  const progress = bar.querySelector("progress");
  const submit = form.querySelector("button:not([type=button])");
  const input = form.querySelector("input[type=file]");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const LONGEST = 30000;
  let state = null;

  const say = (text) => { status.textContent = text; };
  const show = (offset) => {
    const value = Math.floor((100 * offset) / state.file.size);
    progress.value = value;
    percent.textContent = `${value} %`;
  };
  const rest = (milliseconds) => new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });
  // An answer that isn't JSON is the page to sign in, or a proxy's: never taken for the portal's word
  const ask = async (url, options) => {
    const answer = await fetch(url, {
      credentials: "same-origin", redirect: "manual", ...options,
      headers: { "X-CSRFToken": token, "X-Requested-With": "fetch", ...(options.headers || {}) },
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { signedOut: true };
    if (answer.status >= 500 || answer.status === 400) throw new TypeError("server");
    return { status: answer.status, ...(await answer.json().catch(() => { throw new TypeError("answer"); })) };
  };
  const stop = (text, again) => {
    state.running = false;
    say(text);
    pause.hidden = true;
    resume.hidden = !again;
    submit.disabled = again;
  };
  const begin = () => {
    const data = new FormData(form);
    data.delete("file");
    data.set("name", state.file.name);
    data.set("size", state.file.size);
    data.set("modified", state.file.lastModified);
    return ask(form.dataset.upload, { method: "POST", body: data });
  };
  const piece = () => {
    const end = Math.min(state.offset + state.piece, state.file.size);
    return ask(state.url, {
      method: "PATCH", body: state.file.slice(state.offset, end),
      headers: { "Upload-Offset": String(state.offset), "Content-Type": "application/offset+octet-stream" },
    });
  };

  const run = async () => {
    const own = state;
    own.turn += 1;
    const turn = own.turn; // a piece still on its way when somebody pauses and goes on isn't sent twice
    const going = () => own === state && own.turn === turn && own.running;
    own.running = true;
    pause.hidden = false;
    resume.hidden = true;
    submit.disabled = true;
    let tries = 0;
    while (going()) {
      try {
        const first = !own.url;
        const isLast = !first && own.offset + own.piece >= own.file.size;
        say(first ? WORDS.preparing : isLast ? WORDS.checking : `${WORDS.sending} ${own.file.name}`);
        const answer = await (first || own.lost ? begin() : piece());
        if (!going()) return;
        tries = 0;
        own.lost = false;
        if (answer.signedOut) return stop(WORDS.signIn, true);
        if (answer.done) { window.location.assign(answer.done); return; }
        if (answer.status === 404) { own.url = ""; continue; } // swept meanwhile: from the beginning
        if (answer.offset === undefined) return stop(answer.message || WORDS.failed, Boolean(answer.again));
        if (answer.url) { own.url = answer.url; own.piece = answer.piece; }
        own.offset = answer.offset;
        show(own.offset);
      } catch {
        if (!going()) return;
        own.lost = Boolean(own.url); // whether the piece arrived is for the server to say
        tries += 1;
        say(WORDS.waiting);
        await rest(Math.min(LONGEST, 1000 * 2 ** (tries - 1)));
      }
    }
  };

  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file) return; // the plain form says what is missing
    event.preventDefault();
    state = { file, offset: 0, url: "", piece: 0, running: false, lost: false, turn: 0 };
    bar.hidden = false;
    bar.scrollIntoView({ block: "center" });
    progress.value = 0;
    percent.textContent = "";
    run();
  });
  pause.addEventListener("click", () => { stop(WORDS.paused, true); });
  resume.addEventListener("click", () => { state.lost = Boolean(state.url); run(); });
})();
