// Scoring by keyboard: digits give points while the focus is on a scale, Alt and an arrow go to another proposal.
// The arrows among radio buttons are the browser's own. Everything works with this file missing.
(() => {
  "use strict";
  const doc = document;
  doc.querySelectorAll("[data-keys]").forEach((words) => { words.hidden = false; });
  doc.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.altKey) {
      const go = doc.querySelector(`[data-key="${event.key}"]`);
      if (go) {
        event.preventDefault();
        go.click();
      }
      return;
    }
    const scale = event.target.closest("[data-scale]");
    if (!scale || event.target.type !== "radio") return; // in a text, a digit is a digit
    const choice = scale.querySelector(`input[type="radio"][value="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.focus();
    choice.click();
  });
})();
