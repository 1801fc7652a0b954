// The catalogue changes in place with htmx; without it every change is a page. Here: what was unfolded stays so, and the focus is where one would look.
(() => {
  "use strict";
  const doc = document;
  let unfolded = null;
  let toResults = false;
  doc.addEventListener("htmx:beforeRequest", (event) => {
    const from = event.detail.elt;
    toResults = from.matches("[data-to-results] a, .filter-chips a");
  });
  doc.addEventListener("htmx:beforeSwap", () => {
    unfolded = [...doc.querySelectorAll("#catalogo details[id]")].map((details) => [details.id, details.open]);
  });
  doc.addEventListener("htmx:afterSwap", () => {
    for (const [id, open] of unfolded || []) {
      const details = doc.getElementById(id);
      if (details && open) details.open = true;
    }
    unfolded = null;
  });
  doc.addEventListener("htmx:afterSettle", () => {
    if (!toResults) return;
    toResults = false;
    const heading = doc.getElementById("resultados");
    heading.focus({ preventScroll: true });
    const top = heading.getBoundingClientRect().top;
    if (top < 0 || top > window.innerHeight) heading.scrollIntoView();
  });
  // The network failed: the plain page is asked for, which says so or works
  doc.addEventListener("htmx:sendError", () => doc.getElementById("busqueda").submit());
  doc.addEventListener("htmx:responseError", () => doc.getElementById("busqueda").submit());
})();
