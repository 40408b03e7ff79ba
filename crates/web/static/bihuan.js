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
})();
