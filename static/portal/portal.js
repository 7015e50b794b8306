/* What a page can do beyond plain HTML. Everything here is an addition: each page works without it.
 *
 * The markup it looks for (attributes only, so that swapped parts need no set-up of their own):
 *   [data-grid] … [data-row]       rows walked with j/k or the arrows; other keys press [data-key] in the row, or below
 *   [data-select-all=NAME]         a checkbox for all checkboxes NAME of the form; [data-count-of=NAME] shows how many
 *   form[data-confirm=WORDS]       asks in a dialog before it is sent
 *   form[data-unsaved]             warns before the page is left with changes
 *   form[method=post]              is sent once, however often the button is pressed
 *   output[data-lines-of=ID]       counts the lines of a textarea
 *   a[data-go=KEY]                 is followed by g and then the key
 *   .list tbody tr with a link     walked with j/k (the link gets the focus, x presses the row's checkbox)
 *   [data-announce]                in a swapped part: its words are read out when they have changed
 *   [data-print]                   prints the page
 *   [data-copy=ID]                 copies the words of that element, and then says [data-copied]
 *   [data-open=ID]                 opens that <dialog>;  details[data-menu] closes on Escape and on a click elsewhere
 */
"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const typing = (element) => Boolean(element && element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]"));
  document.documentElement.classList.add("js");

  // ---- the grid ----
  const rowOf = (element) => element?.closest?.("[data-row]");
  const goTo = (row) => {
    if (!row) return;
    all("[data-row]", row.closest("[data-grid]")).forEach((other) => { other.tabIndex = other === row ? 0 : -1; });
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (row, by) => {
    const rows = all("[data-row]", row.closest("[data-grid]"));
    goTo(rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(row) + by))]);
  };
  const changed = (control) => {
    if (control.matches("select")) return all("option", control).some((o) => o.selected !== o.defaultSelected);
    if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
    return control.value !== control.defaultValue;
  };
  const controls = (root) => all("input:not([type=hidden]), select, textarea", root).filter((c) => !c.closest("[data-untracked]"));
  const markRow = (row) => row?.classList.toggle("changed", controls(row).filter((c) => !c.matches("[data-choose]")).some(changed));
  const tell = (control) => control.dispatchEvent(new Event("change", { bubbles: true }));
  const undo = (row) => {
    controls(row).filter((c) => !c.matches("[data-choose]") && changed(c)).forEach((control) => {
      if (control.matches("select")) all("option", control).forEach((o) => { o.selected = o.defaultSelected; });
      else if (control.matches("[type=checkbox], [type=radio]")) control.checked = control.defaultChecked;
      else control.value = control.defaultValue;
      tell(control);
    });
  };
  const press = (row, key) => {
    const target = row.querySelector(`[data-key="${CSS.escape(key)}"]:not([disabled])`);
    if (!target) return false;
    if (target.matches("option")) {
      target.selected = true;
      tell(target.closest("select"));
    } else {
      target.click();
    }
    return true;
  };
  const pressForAll = (grid, key) => {
    const button = grid.querySelector(`[data-key="${CSS.escape(key)}"]:not([data-row] *)`);
    button?.click();
    return Boolean(button);
  };
  const gridKey = (event, row) => {
    const key = keyOf(event);
    if (key === "j" || key === "ArrowDown") step(row, 1);
    else if (key === "k" || key === "ArrowUp") step(row, -1);
    else if (key === " " && event.target === row && row.querySelector("[data-choose]")) row.querySelector("[data-choose]").click();
    else if (press(row, key)) { if (document.contains(row)) goTo(row); }
    else if (key === "u") undo(row);
    else if (!pressForAll(row.closest("[data-grid]"), key)) return;
    event.preventDefault();
  };

  // ---- keys ----
  // With a Korean input source the key may arrive as a jamo: the place on the keyboard tells the letter.
  const keyOf = (event) => {
    if (event.key === "Process" && /^Digit\d$/.test(event.code)) return event.code[5];
    if (event.key === "Process" && event.code === "Slash") return event.shiftKey ? "?" : "/";
    if (event.key.length > 1 && event.key !== "Process") return event.key;
    if (/^Key[A-Z]$/.test(event.code) && !/^[a-z]$/i.test(event.key)) return event.code[3].toLowerCase();
    return event.key.toLowerCase();
  };
  // Lists: the row's own link has the focus, so that Enter opens it without our help.
  const listRows = () => all(".list tbody tr:not([data-row])").filter((tr) => tr.offsetParent && mainLink(tr));
  const mainLink = (tr) => tr.querySelector("th a[href], td a[href]");
  const stepInList = (by) => {
    const rows = listRows();
    const at = rows.indexOf(document.activeElement?.closest("tr"));
    const row = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (row) mainLink(row).focus();
    return Boolean(row);
  };
  const chooseInList = () => {
    const box = document.activeElement?.closest(".list tr:not([data-row])")?.querySelector("input[type=checkbox]");
    box?.click();
    return Boolean(box);
  };
  const showKeys = () => {
    const dialog = document.getElementById("keys");
    if (!dialog) return;
    const rows = listRows();
    dialog.querySelector(".keys-list").hidden = !rows.length;
    dialog.querySelector(".keys-choose").hidden = !rows.some((tr) => tr.querySelector("input[type=checkbox]"));
    dialog.showModal();
  };
  let going = 0; // until when the next key is read as the second one after g
  const go = (key) => {
    if (Date.now() < going) {
      going = 0;
      const link = document.querySelector(`a[data-go="${CSS.escape(key)}"]`);
      link?.click();
      return Boolean(link);
    }
    if (key === "g") going = Date.now() + 1500;
    return key === "g";
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !event.key) return;
    const key = keyOf(event);
    if (key === "Escape") {
      all("details[data-menu][open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
      if (typing(event.target) && rowOf(event.target)) goTo(rowOf(event.target));
      return;
    }
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (key !== "Shift" && go(key)) { event.preventDefault(); return; }
    const radioArrow = event.target.matches?.("[type=radio]") && key.startsWith("Arrow");
    const row = rowOf(event.target);
    if (row && key === "Enter" && event.target.matches("[type=radio], [type=checkbox]")) {
      event.preventDefault(); // else it would press the form's first button, whatever that does
      step(row, 1);
      return;
    }
    if (row && row.closest("[data-grid]") && !radioArrow) {
      gridKey(event, row);
      if (event.defaultPrevented) return;
    }
    if (!row && (key === "j" || key === "k")) {
      const grid = document.querySelector("[data-grid]");
      if (grid) goTo(grid.querySelector("[data-row][tabindex='0']") || grid.querySelector("[data-row]"));
      if (grid || stepInList(key === "j" ? 1 : -1)) event.preventDefault();
    } else if (!row && key === "x") {
      if (chooseInList()) event.preventDefault();
    } else if (key === "?") {
      showKeys();
      event.preventDefault();
    } else if (key === "/") {
      const field = document.querySelector("[type=search]");
      if (field) { field.focus(); event.preventDefault(); }
    }
  });

  // ---- choosing rows ----
  const boxes = (scope, name) => all(`input[type=checkbox][name="${CSS.escape(name)}"]:not([disabled])`, scope);
  const scopeOf = (element) => element.form || element.closest("form") || document;
  const recount = (scope, name) => {
    const found = boxes(scope, name);
    const chosen = found.filter((box) => box.checked).length;
    found.forEach((box) => box.closest("tr")?.classList.toggle("chosen-row", box.checked));
    all(`[data-count-of="${CSS.escape(name)}"]`, scope).forEach((place) => {
      place.textContent = (place.dataset.words || "__n__").replace("__n__", chosen).replace("__of__", found.length);
    });
    all(`[data-select-all="${CSS.escape(name)}"]`, scope).forEach((box) => {
      box.checked = chosen > 0 && chosen === found.length;
      box.indeterminate = chosen > 0 && chosen < found.length;
    });
  };

  // ---- lines of a textarea ----
  const countLines = (output) => {
    const area = document.getElementById(output.dataset.linesOf);
    if (!area) return;
    const lines = area.value.split(/\r\n|\r|\n/).filter((line) => line.trim()).length;
    output.textContent = (output.dataset.words || "__n__").replace("__n__", lines);
    output.classList.toggle("over", lines > Number(output.dataset.max || Infinity));
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) all(`[data-lines-of="${CSS.escape(event.target.id)}"]`).forEach(countLines);
  });
  document.addEventListener("change", (event) => {
    const { target } = event;
    if (target.matches("[data-select-all]")) {
      const scope = scopeOf(target);
      boxes(scope, target.dataset.selectAll).forEach((box) => { box.checked = target.checked; });
      recount(scope, target.dataset.selectAll);
    } else if (target.matches("input[type=checkbox][name]")) {
      recount(scopeOf(target), target.name);
    }
    if (rowOf(target)) markRow(rowOf(target));
  });

  // ---- leaving with changes, asking before sending ----
  // Compared with what the control held before somebody touched it: a browser may show another value than the page
  // named (a select without a chosen option, a moment written otherwise, a form filled again after "back").
  let leaving = false;
  const held = new WeakMap();
  const state = (control) => (control.matches("[type=checkbox], [type=radio]") ? String(control.checked) : control.value);
  const remember = (event) => {
    const form = event.target.closest?.("form[data-unsaved]");
    if (form) controls(form).forEach((control) => { if (!held.has(control)) held.set(control, state(control)); });
  };
  ["focusin", "pointerdown", "keydown"].forEach((name) => document.addEventListener(name, remember, true));
  const touched = (control) => held.has(control) && held.get(control) !== state(control);
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && all("form[data-unsaved]").some((form) => controls(form).some(touched))) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const words = event.submitter?.dataset.confirm || form.dataset.confirm;
    const dialog = document.getElementById("confirm");
    if (words && dialog && !form.dataset.confirmed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const yes = dialog.querySelector("[data-confirm-yes]");
      dialog.querySelector("[data-confirm-words]").textContent = words;
      yes.textContent = event.submitter?.textContent.trim() || yes.textContent;
      dialog.returnValue = "";
      dialog.addEventListener("close", () => {
        if (dialog.returnValue !== "yes") return;
        form.dataset.confirmed = "yes";
        form.requestSubmit(event.submitter);
        delete form.dataset.confirmed;
      }, { once: true });
      dialog.showModal();
      return;
    }
    if (form.method === "post" && form.dataset.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    leaving = true;
    if (form.method === "post") form.dataset.busy = "yes";
    setTimeout(() => { leaving = false; delete form.dataset.busy; }, 5000);
  }, true);
  const idle = () => all("form[data-busy]").forEach((form) => { delete form.dataset.busy; });
  window.addEventListener("pageshow", idle);
  document.addEventListener("htmx:afterRequest", idle);

  // ---- dialogs and menus ----
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) { if (opener.dataset.open === "keys") showKeys(); else document.getElementById(opener.dataset.open)?.showModal(); }
    if (event.target.closest("[data-print]")) window.print();
    const copier = event.target.closest("[data-copy]");
    if (copier) {
      // Chosen as well, so that one sees what was copied; works without https, unlike the clipboard's own interface.
      getSelection().selectAllChildren(document.getElementById(copier.dataset.copy));
      if (document.execCommand("copy")) copier.textContent = document.getElementById("aloud").textContent = copier.dataset.copied;
    }
    const closer = event.target.closest("[data-close]");
    if (closer) { const box = closer.closest("details, dialog"); if (box?.matches("details")) box.open = false; else box?.close(); }
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const row = rowOf(event.target);
    if (row && row.closest("[data-grid]") && !event.target.closest("a, button, input, label, select, textarea, summary")) goTo(row);
  });

  // ---- what a person did in a part that is swapped meanwhile: boxes that are ticked, what is open, the focus ----
  const nameOf = (element) => {
    if (element.id) return `#${CSS.escape(element.id)}`;
    if (element.name) return `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`;
    const address = element.getAttribute("href");
    return address ? `a[href="${CSS.escape(address)}"]` : "";
  };
  const doings = [];
  const keepDoings = (event) => {
    const part = event.detail.target;
    if (!part?.id) return;
    const focus = part.contains(document.activeElement) ? nameOf(document.activeElement) : "";
    const ticked = all("input[type=checkbox]", part).filter((box) => box.checked !== box.defaultChecked).map(nameOf);
    const opened = all("details[id][open]", part).map(nameOf);
    doings.push({ id: part.id, focus, ticked, opened });
  };
  const restoreDoings = () => {
    doings.splice(0).forEach(({ id, focus, ticked, opened }) => {
      const part = document.getElementById(id);
      const find = (name) => (name && part ? part.querySelector(name) : null);
      ticked.map(find).filter(Boolean).forEach((box) => { box.checked = !box.defaultChecked; });
      opened.map(find).filter(Boolean).forEach((details) => { details.open = true; });
      find(focus)?.focus({ preventScroll: true });
    });
  };
  document.addEventListener("htmx:beforeSwap", keepDoings);
  document.addEventListener("htmx:oobBeforeSwap", keepDoings);

  // ---- what is read out ----
  const toSay = () => all("[data-announce]").map((place) => place.textContent.trim().replace(/\s+/g, " ")).join(" ");
  let spoken = toSay();
  const announce = () => {
    const words = toSay();
    if (words && words !== spoken) document.getElementById("aloud").textContent = words;
    spoken = words;
  };

  // ---- state that the server's HTML does not carry; again after each swap ----
  const settle = (root) => {
    all("[data-lines-of]", root).forEach(countLines);
    const names = new Map();
    all("[data-select-all], [data-count-of]", root).forEach((place) => names.set(place.dataset.selectAll || place.dataset.countOf, scopeOf(place)));
    names.forEach((scope, name) => recount(scope, name));
    all("[data-grid]", root).forEach((grid) => {
      const rows = all("[data-row]", grid);
      const current = rows.find((row) => row.tabIndex === 0) || rows[0];
      rows.forEach((row) => { row.tabIndex = row === current ? 0 : -1; markRow(row); });
    });
    // A table that is wider than its frame can be scrolled by keyboard.
    all(".list.stack", root).forEach((frame) => {
      if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
      else frame.removeAttribute("tabindex");
    });
    all(".main-nav [aria-current], .tabs [aria-current]", root).forEach((link) => {
      const list = link.closest("ul");
      if (list.scrollWidth > list.clientWidth) list.scrollLeft = link.offsetLeft - list.offsetLeft - 16;
    });
  };
  settle(document);
  document.querySelector("[data-errors]")?.focus({ focusVisible: false });
  window.addEventListener("resize", () => settle(document));
  document.addEventListener("htmx:afterSettle", () => {
    restoreDoings();
    settle(document);
    announce();
  });
})();
