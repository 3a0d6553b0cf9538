// The educators' dashboard as it runs in a notebook or under Voila: controls, a search by name, a child's page.
// The page is laid out and escaped in Python, and comes in a message: nothing of a child is part of the widget's
// state, so that nothing of a child is saved with the notebook.

const PAUSE = 120; // milliseconds after the last letter until names are asked for
const PATIENCE = 8000; // milliseconds until somebody should know that nobody answers
let count = 0;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function render({ model, el }) {
  const own = `dashboard-${Date.now().toString(36)}-${count += 1}`;
  let asked = 0, answered = 0, generation = 0, hits = [], active = -1, hurried = false, pause = null, timer = null;

  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const trouble = make("p", { class: "trouble", role: "alert" });
  const fields = make("div", { class: "fields" });
  const input = make("input", {
    id: `${own}-search`, type: "text", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": `${own}-hits`, "aria-describedby": `${own}-hint`, autocomplete: "off", spellcheck: "false",
  });
  const list = make("ul", { id: `${own}-hits`, role: "listbox", "aria-label": "Children found" });
  list.hidden = true;
  const hint = make("p", { id: `${own}-hint`, class: "small" });
  const search = make("div", { class: "field search" },
    make("label", { for: `${own}-search` }, "Search a name"), make("div", { class: "combo" }, input, list), hint);
  const page = make("div", { class: "page" });
  // The notebook's own keys (d d deletes a cell) must not hear what is typed here.
  const board = make("section", { class: "dashboard", "aria-label": "Dashboard", "data-lm-suppress-shortcuts": "true" },
    make("div", { class: "controls", role: "search" }, fields, search), status, trouble, page);

  function send(message) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      trouble.textContent = "This page gets no reply: the kernel is busy, or has stopped. Run the cell again.";
    }, PATIENCE);
    model.send(message);
  }

  function drawControls(controls) {
    const focused = document.activeElement?.dataset?.what;
    fields.replaceChildren();
    for (const control of controls) {
      const id = `${own}-${control.what}`;
      if (control.fixed) {
        fields.append(make("p", { class: "field fixed" }, `${control.label}: `, make("strong", {}, control.fixed)));
        continue;
      }
      const select = make("select", { id, "data-what": control.what });
      control.choices.forEach((words, place) => {
        const option = make("option", { value: String(place) }, words);
        option.selected = place === control.chosen;
        select.append(option);
      });
      select.addEventListener("change", () => {
        close();
        input.value = "";
        send({ do: "choose", what: control.what, place: Number(select.value) });
      });
      fields.append(make("div", { class: "field" }, make("label", { for: id }, control.label), select));
      if (focused === control.what) select.focus();
    }
  }

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function point(place) {
    if (!hits.length) return;
    active = (place + hits.length) % hits.length;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    input.setAttribute("aria-activedescendant", `${own}-hit-${active}`);
    list.children[active].scrollIntoView({ block: "nearest" });
  }

  function drawHits(found) {
    if (found.asked < answered) return; // an answer to fewer letters, which came late
    answered = found.asked;
    hits = found.hits;
    list.replaceChildren(...hits.map((hit, place) => {
      const option = make("li", { id: `${own}-hit-${place}`, role: "option", "aria-selected": "false" },
        make("span", { class: "hit" }, hit.name), " ", make("span", { class: "small" }, hit.facts));
      option.addEventListener("pointerdown", event => { event.preventDefault(); choose(place); });
      return option;
    }));
    list.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = found.said;
    if (!hits.length) close();
    else point(0);
    if (hurried && answered === asked && hits.length) choose(0);
    if (answered === asked) hurried = false;
  }

  function ask(text) {
    clearTimeout(pause);
    asked += 1;
    send({ do: "search", text, asked });
  }

  function choose(place) {
    hurried = false;
    const chosen = hits[place];
    if (!chosen) return;
    input.value = chosen.name;
    close();
    send({ do: "child", hit: place, asked: answered });
  }

  input.addEventListener("input", () => {
    clearTimeout(pause);
    hurried = false;
    asked += 1;
    const now = asked, text = input.value;
    if (!text.trim()) { close(); hits = []; return; }
    pause = setTimeout(() => send({ do: "search", text, asked: now }), PAUSE);
  });
  input.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask(input.value);
      else point(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden && active >= 0 && answered === asked) choose(active);
      else if (input.value.trim()) { hurried = true; ask(input.value); }
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (list.hidden) input.value = "";
      close();
    } else if (event.key === "Home" || event.key === "End") {
      close();
    }
  });
  input.addEventListener("blur", close);

  // A fold that is opened asks for its rows, once.
  page.addEventListener("toggle", event => {
    const fold = event.target;
    if (!fold.open || fold.dataset.open === undefined || fold.dataset.asked) return;
    fold.dataset.asked = "yes";
    send({ do: "open", page: generation, number: Number(fold.dataset.open) });
  }, true);

  function drawPage(next) {
    generation = next.page;
    // Python escapes every text of it.
    page.innerHTML = next.markup;
  }

  function drawOpened(opened) {
    if (opened.page !== generation) return;
    const inside = page.querySelector(`[data-open="${opened.number}"] .opened`);
    if (inside) inside.insertAdjacentHTML("beforeend", opened.markup);
    status.textContent = opened.said;
  }

  function heard(message) {
    clearTimeout(timer);
    trouble.textContent = message.trouble || "";
    if (message.controls) drawControls(message.controls);
    if (message.hint !== undefined) hint.textContent = message.hint;
    if (message.kind === "hits") drawHits(message);
    else if (message.kind === "opened") drawOpened(message);
    else {
      if (message.markup !== undefined) drawPage(message);
      // Said last, when the rest is there: a screen reader hears it, the eye sees it.
      if (message.said !== undefined) status.textContent = message.said;
    }
  }

  model.on("msg:custom", heard);
  el.append(board);
  send({ do: "show" });
  return () => {
    clearTimeout(timer);
    clearTimeout(pause);
    model.off("msg:custom", heard);
  };
}

export default { render };
