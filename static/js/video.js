// Chapters of a video: a link goes to its part and plays it; the part that plays is marked. Without this file the links
// open the video at that place.
(() => {
  "use strict";
  const links = [...document.querySelectorAll("[data-seek]")];
  if (!links.length) return;
  const player = document.getElementById(links[0].dataset.player);
  if (!player) return;
  const mark = () => {
    let current = null;
    links.forEach((link) => { if (Number(link.dataset.seek) <= player.currentTime + 0.25) current = link; });
    links.forEach((link) => {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };
  links.forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      player.currentTime = Number(link.dataset.seek);
      player.focus();
      player.play().catch(() => {});
      mark();
    });
  });
  player.addEventListener("timeupdate", mark);
})();
