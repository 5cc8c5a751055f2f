/* Comfort only: every form works without it. No inline code, no globals, so a strict CSP holds. */
(() => {
  "use strict";
  const page = document.querySelector(".csc");
  if (!page) return;
  page.classList.add("csc-js");

  // A property's button appears once its value differs.
  for (const form of page.querySelectorAll("form.csc-property")) {
    const select = form.querySelector("select");
    const start = select.value;
    const show = () => form.classList.toggle("csc-changed", select.value !== start);
    select.addEventListener("change", show);
    // The browser may restore an old choice when the page comes back from its history.
    window.addEventListener("pageshow", show);
  }

  // Text fields grow with what is typed.
  for (const area of page.querySelectorAll("textarea")) {
    const least = area.offsetHeight;
    const fit = () => {
      if (!area.offsetParent) return;
      area.style.height = "auto";
      area.style.height = `${Math.min(Math.max(area.scrollHeight + 4, least), window.innerHeight * 0.7)}px`;
    };
    area.addEventListener("input", fit);
    area.closest("details")?.addEventListener("toggle", fit);
    if (area.value) fit();
  }

  // What was typed is not lost by a stray click, and nothing is sent twice by a double one.
  let dirty = false;
  for (const form of page.querySelectorAll("form[data-csc-guard]")) {
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      const button = form.querySelector("[data-csc-main]") || form.querySelector("button[type=submit]");
      event.preventDefault();
      form.requestSubmit(button);
    });
  }
  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.cscSent) {
      event.preventDefault();
      return;
    }
    form.dataset.cscSent = "1";
    if (form.hasAttribute("data-csc-guard")) dirty = false;
  });
  window.addEventListener("pageshow", () => {
    for (const form of page.querySelectorAll("form")) delete form.dataset.cscSent;
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });

  // Messages lie over the page until they were read; then they go back to its top.
  const messages = document.querySelector("ul.messagelist");
  if (messages) {
    const done = () => messages.classList.add("cs-read");
    const bad = messages.querySelector(".error, .warning");
    window.setTimeout(done, bad ? 20000 : 6000);
    page.addEventListener("input", done, { once: true });
    messages.addEventListener("click", done);
  }

  // "Inquiries" in the breadcrumbs leads back to the list as it was left: tab, filters, page.
  try {
    const left = window.sessionStorage.getItem("cs-inbox-list");
    for (const list of document.querySelectorAll("a[data-cs-list]")) {
      if (left && left.split("?")[0] === list.pathname) list.href = left;
    }
  } catch {
    // Storage is switched off: the link leads to the list's beginning.
  }

  // One open menu at a time; a click elsewhere or Escape closes it.
  const close = (except) => {
    for (const menu of page.querySelectorAll("details.csc-menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => close(event.target.closest("details.csc-menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = page.querySelector("details.csc-menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
})();
