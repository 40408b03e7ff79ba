// The page of a draft: the text and what was found in it go together. The page works without it.
"use strict";
(() => {
  const typing = (el) => el instanceof HTMLElement && el.matches("input, textarea, select, [contenteditable]");
  const drafting = document.querySelector("[data-draft]");
  if (!drafting) return;
  const pane = drafting.querySelector(".notice-in");
  const marksOf = (id) => drafting.querySelectorAll(`[data-mark="t-${CSS.escape(id)}"], [data-mark^="t-${CSS.escape(id)}-"]`);
  // The element that keys act on, also while the focus is in the text.
  let current = "";
  const light = (id) => {
    current = id;
    for (const old of drafting.querySelectorAll(".hit.lit")) old.classList.remove("lit");
    const marks = marksOf(id);
    for (const mark of marks) mark.classList.add("lit");
    if (marks.length) {
      const by = marks[0].getBoundingClientRect().top - pane.getBoundingClientRect().top;
      pane.scrollTop += by - pane.clientHeight / 3;
    }
  };
  const focus = (card) => { if (card) { card.focus({ preventScroll: true }); card.scrollIntoView({ block: "center" }); } };
  drafting.addEventListener("focusin", (e) => {
    const card = e.target.closest(".item");
    if (card) light(card.id.slice(2));
  });
  drafting.addEventListener("click", (e) => {
    const mark = e.target.closest("a.hit");
    const phrase = e.target.closest("a.phrase");
    const card = mark && mark.hash ? document.getElementById(decodeURIComponent(mark.hash.slice(1))) : null;
    if (card && mark.getAttribute("href").startsWith("#")) { e.preventDefault(); focus(card); }
    if (phrase) {
      const place = document.getElementById(decodeURIComponent(phrase.hash.slice(1)));
      if (place) { e.preventDefault(); light(phrase.closest(".item").id.slice(2)); place.focus({ preventScroll: true }); pane.scrollIntoView({ block: "nearest" }); }
    } else if (!mark && !e.target.closest("a, button, input, label")) {
      focus(e.target.closest(".item"));
    }
  });
  document.addEventListener("keydown", (e) => {
    if (typing(e.target) && e.target.type !== "checkbox") return;
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    // Keys are for the two sides, and for nothing else on the page.
    if (document.activeElement !== document.body && !drafting.contains(document.activeElement)) return;
    const cards = [...drafting.querySelectorAll(".item")];
    const inside = document.activeElement && document.activeElement.closest(".item");
    const here = cards.indexOf(inside || document.getElementById("e-" + current));
    const key = e.key.toLowerCase();
    if (key === "j" || key === "k") {
      e.preventDefault();
      focus(cards[Math.min(cards.length - 1, Math.max(0, here < 0 ? 0 : here + (key === "j" ? 1 : -1)))]);
      return;
    }
    const card = cards[here];
    const word = { a: "accept", d: "drop", o: "reopen", e: "edit" }[key];
    if (!card || (!word && key !== "x")) return;
    e.preventDefault();
    if (key === "x") { const tick = card.querySelector("input[type=checkbox]"); if (tick) tick.checked = !tick.checked; return; }
    const button = card.querySelector(`[data-key="${word}"]`);
    if (!button) return;
    // The focus goes on at once, so that the next key is for the next element.
    const next = cards[here + 1];
    button.click();
    if (next && (word === "accept" || word === "drop")) focus(next);
  });
  document.addEventListener("htmx:afterSwap", (e) => {
    if (!e.detail.target.classList.contains("item")) return;
    const card = document.getElementById(e.detail.target.id);
    if (!card) return;
    const kind = "k-" + card.dataset.state;
    for (const mark of marksOf(card.id.slice(2))) {
      mark.classList.remove("k-open", "k-accepted", "k-dropped", "k-into");
      mark.classList.add(kind);
    }
    if (document.activeElement === document.body || document.activeElement === null) focus(card);
  });
  // Refused beside the page: the page shows how things stand.
  document.addEventListener("htmx:responseError", (e) => {
    if (e.detail.target && e.detail.target.classList.contains("item")) location.reload();
  });
  // What is marked with the mouse is offered as a phrase of its own.
  const add = document.getElementById("add");
  if (add) pane.addEventListener("mouseup", () => {
    const chosen = getSelection();
    const text = chosen.toString().trim();
    const from = chosen.anchorNode && chosen.anchorNode.parentElement.closest("[data-at]");
    if (!text || text.length > 200 || !from) return;
    add.elements.phrase.value = text;
    add.elements.near.value = from.dataset.at;
  });
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named && named.classList.contains("item")) focus(named);
})();
