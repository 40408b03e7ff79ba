// Improves pages that work without it. No page needs this file.
"use strict";
(() => {
  document.documentElement.classList.add("js");
  const typing = (el) => el instanceof HTMLElement && el.matches("input, textarea, select, [contenteditable]");

  // "/" goes to the search box; Escape closes what hangs open.
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !typing(e.target) && !e.ctrlKey && !e.metaKey && !e.altKey) {
      const find = document.getElementById("find");
      if (find) { e.preventDefault(); find.focus(); find.select(); }
    }
    if (e.key === "Escape") {
      for (const d of document.querySelectorAll("details.drop[open], details.menu[open]")) {
        d.open = false;
        if (d.contains(document.activeElement)) d.querySelector("summary").focus();
      }
    }
  });
  document.addEventListener("click", (e) => {
    for (const d of document.querySelectorAll("details.drop[open], details.menu[open]")) {
      if (!d.contains(e.target)) d.open = false;
    }
  });

  // A form is sent once; coming back by the browser's button makes it usable again.
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    form.dataset.typed = "";
    const button = e.submitter;
    // Disabling in the same turn would drop the button's own name and value.
    setTimeout(() => { if (button) { button.setAttribute("aria-disabled", "true"); button.dataset.was = button.textContent; button.textContent = "正在提交…"; } }, 0);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const b of form.querySelectorAll("button[aria-disabled]")) {
        b.removeAttribute("aria-disabled");
        if (b.dataset.was) b.textContent = b.dataset.was;
      }
    }
  });

  // Typed values are kept: leaving asks, and a page that was lost gets them back.
  const kept = document.querySelectorAll("form[data-keep]");
  // On a shared machine nobody meets what somebody else typed.
  const whose = document.body.dataset.who || "";
  const keyOf = (form) => "bihuan:" + whose + ":" + location.pathname + location.search + "#" + form.dataset.keep;
  const secret = (el) => el.type === "hidden" || el.type === "password" || el.type === "file";
  for (const form of kept) {
    const fresh = !form.querySelector("[aria-invalid]");
    try {
      const saved = JSON.parse(sessionStorage.getItem(keyOf(form)) || "null");
      if (saved && fresh) {
        for (const el of form.elements) {
          if (!el.name || secret(el) || !(el.name in saved)) continue;
          if (el.type === "radio" || el.type === "checkbox") el.checked = saved[el.name].includes(el.value);
          else if (el.tagName !== "BUTTON") el.value = saved[el.name][0];
        }
      }
    } catch { /* storage may be closed; the form still works */ }
    form.addEventListener("input", () => {
      form.dataset.typed = "1";
      const values = {};
      for (const el of form.elements) {
        if (!el.name || secret(el) || el.tagName === "BUTTON") continue;
        values[el.name] = values[el.name] || [];
        if ((el.type !== "radio" && el.type !== "checkbox") || el.checked) values[el.name].push(el.value);
      }
      try { sessionStorage.setItem(keyOf(form), JSON.stringify(values)); } catch { /* as above */ }
    });
    form.addEventListener("submit", () => {
      try { sessionStorage.removeItem(keyOf(form)); } catch { /* as above */ }
    });
  }
  window.addEventListener("beforeunload", (e) => {
    for (const form of kept) if (form.dataset.typed) e.preventDefault();
  });

  // The summary of what is wrong gets the focus.
  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();

  // Arrow keys move between the cells of the grid.
  document.addEventListener("keydown", (e) => {
    const cell = e.target instanceof Element ? e.target.closest("[data-grid] a.cell") : null;
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
    if (!cell || !step) return;
    const td = cell.closest("td");
    const rows = td.closest("tbody").rows;
    let r = td.parentElement.sectionRowIndex;
    let c = td.cellIndex;
    for (;;) {
      r += step[0];
      c += step[1];
      const next = rows[r] && rows[r].cells[c];
      if (!next) return;
      const link = next.querySelector("a.cell");
      if (link) { e.preventDefault(); link.focus(); return; }
    }
  });
  // Whatever goes wrong beside the page is shown as a page.
  document.addEventListener("htmx:responseError", (e) => {
    if (e.detail.target && e.detail.target.id === "panel") location.assign(e.detail.pathInfo.requestPath);
  });
  document.addEventListener("htmx:afterSwap", (e) => {
    if (e.detail.target.id !== "panel") return;
    for (const old of document.querySelectorAll("a.cell[aria-current]")) old.removeAttribute("aria-current");
    const from = e.detail.requestConfig.elt;
    if (from && from.classList.contains("cell")) from.setAttribute("aria-current", "true");
    if (matchMedia("(max-width: 1199.98px)").matches) e.detail.target.scrollIntoView({ block: "start" });
  });

  // A draft: the text and what was found in it go together, with the keyboard too.
  const drafting = document.querySelector("[data-draft]");
  if (drafting) {
    const pane = drafting.querySelector(".notice-in");
    const marksOf = (id) => drafting.querySelectorAll(`[data-mark="t-${CSS.escape(id)}"], [data-mark^="t-${CSS.escape(id)}-"]`);
    const light = (id) => {
      for (const old of drafting.querySelectorAll(".hit.now")) old.classList.remove("now");
      const marks = marksOf(id);
      for (const mark of marks) mark.classList.add("now");
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
      const cards = [...drafting.querySelectorAll(".item")];
      const here = cards.indexOf(document.activeElement && document.activeElement.closest(".item"));
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
      drafting.dataset.next = word === "accept" || word === "drop" ? "1" : "";
      button.click();
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
      const next = drafting.dataset.next ? card.nextElementSibling : null;
      drafting.dataset.next = "";
      focus(next && next.classList.contains("item") ? next : card);
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
  }
})();
