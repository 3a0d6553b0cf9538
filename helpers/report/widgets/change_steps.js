// The days after one change, to be stepped through: the page asks the kernel for a day, and shows who knows then.
// Nothing that it shows is part of the widget's state.

const PATIENCE = 8000; // milliseconds until somebody should know that nobody answers

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

let pages = 0;

function render({ model, el }) {
  const own = `change-${++pages}`;
  let now = null, timer = null;
  const title = make("p", { class: "title", role: "heading", "aria-level": "3" }, "One change, watched");
  const change = make("select", { id: `${own}-change` });
  const level = make("select", { id: `${own}-level` });
  const slider = make("input", { type: "range", id: `${own}-day`, min: "-1", max: "1", step: "1", value: "-1" });
  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const trouble = make("p", { class: "trouble", role: "alert" });
  const body = make("tbody");
  const note = make("p", { class: "small" });

  function ask(message) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      trouble.textContent = "This page gets no reply: the kernel is busy, or has stopped. Run the cell again.";
    }, PATIENCE);
    model.send(message);
  }

  function go(day) {
    ask({ do: "step", change: change.value, level: level.value, day });
  }

  function button(words, to, attributes = {}) {
    const one = make("button", { type: "button", ...attributes }, words);
    one.addEventListener("click", () => { if (now && !one.hasAttribute("aria-disabled")) go(to()); });
    return one;
  }

  const before = button("Day before", () => now.day - 1);
  const after = button("Next day", () => now.day + 1, { class: "main" });
  const learns = button("Next day on which a system learns", () => now.next);
  const again = button("Back to Sunday", () => -1);
  for (const one of [change, level]) one.addEventListener("change", () => go(now ? now.day : -1));
  slider.addEventListener("input", () => go(Number(slider.value)));

  const heads = ["System", "Who looks there", "Today", "What its file shows"];
  const page = make("section", { class: "change-steps", "aria-label": "One change, watched", "data-lm-suppress-shortcuts": "true" }, title,
    make("div", { class: "choices" },
      make("div", {}, make("label", { for: `${own}-change` }, "Change"), change),
      make("div", {}, make("label", { for: `${own}-level` }, "Exchange level"), level)),
    make("label", { for: `${own}-day` }, "Day"), slider,
    make("div", { class: "buttons" }, before, after, learns, again), status, trouble,
    make("table", {}, make("caption", {}, "Who knows today"),
      make("thead", {}, make("tr", {}, ...heads.map(head => make("th", { scope: "col" }, head)))), body), note);
  // The notebook's own keys (arrows change the cell) must not hear what is pressed here.
  page.addEventListener("keydown", event => { if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); });

  function fill(select, options, chosen) {
    if (select.options.length !== options.length) {
      select.replaceChildren(...options.map(([value, words]) => make("option", { value }, words)));
    }
    select.value = chosen;
  }

  // Never disabled: whoever presses it with the keyboard would lose the focus.
  function allow(one, may) {
    if (may) one.removeAttribute("aria-disabled");
    else one.setAttribute("aria-disabled", "true");
  }

  function shown(day) {
    clearTimeout(timer);
    now = day;
    trouble.textContent = "";
    fill(change, day.changes.map(one => [one.name, one.title]), day.change);
    fill(level, day.levels.map(one => [one, one]), day.level);
    slider.max = day.last;
    if (document.activeElement !== slider) slider.value = day.day;
    slider.setAttribute("aria-valuetext", `Day ${day.day}: ${day.date}`);
    allow(before, day.day > -1);
    allow(again, day.day > -1);
    allow(after, day.day < day.last);
    allow(learns, day.next !== null);
    status.textContent = `Day ${day.day}, ${day.date}. ${day.said}`;
    body.replaceChildren(...day.rows.map(row => make("tr", row.knows ? { class: "knows" } : {},
      make("th", { scope: "row" }, row.system), ...[row.asked_by, row.said, row.value].map((words, at) =>
        make("td", { "data-head": heads[at + 1] }, words)))));
    note.textContent = day.words;
  }

  model.on("msg:custom", shown);
  el.append(page);
  ask({ do: "show" });
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", shown);
  };
}

export default { render };
