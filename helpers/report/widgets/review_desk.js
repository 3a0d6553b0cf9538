// The review desk as it runs in a notebook: it draws what the kernel sends, and sends back keys and clicks.
// Nothing that it shows is part of the widget's state, so that nothing of a child is saved with the notebook.

const ANSWERS = [
  { say: "yes", key: "y", words: "Yes, one child" },
  { say: "no", key: "n", words: "No, two children" },
  { say: "skip", key: "s", words: "Skip" },
  { say: "undo", key: "u", words: "Undo" },
];
const PATIENCE = 6000; // milliseconds until somebody should know that nobody answers

// Where the page is narrow, lines are drawn as blocks; said here, they stay a table for a screen reader.
const ROLES = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell" };

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  if (ROLES[tag]) element.setAttribute("role", ROLES[tag]);
  if (tag === "th") element.setAttribute("role", attributes.scope === "row" ? "rowheader" : "columnheader");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function value(parts, missing) {
  if (!parts.length) return make("span", { class: "missing" }, missing);
  const text = make("span");
  for (const [piece, differs] of parts) text.append(differs ? make("mark", {}, piece) : piece);
  return text;
}

function pairTable(view) {
  const head = make("tr", {}, make("th", { scope: "col" }, "Field"));
  for (const side of ["left", "right"]) {
    head.append(make("th", { scope: "col" }, view.pair[side].system));
  }
  head.append(make("th", { scope: "col" }, "Compared"));
  const body = make("tbody");
  for (const line of view.pair.fields) {
    body.append(make("tr", { class: line.verdict === "differs" ? "differs" : "" },
      make("th", { scope: "row" }, line.label),
      make("td", { "data-system": view.pair.left.system }, value(line.left, "not said")),
      make("td", { "data-system": view.pair.right.system }, value(line.right, "not said")),
      make("td", { class: "verdict" }, line.verdict)));
  }
  const known = make("tr", { class: "known" }, make("th", { scope: "row" }, "joined so far with"));
  for (const side of ["left", "right"]) {
    known.append(make("td", { "data-system": view.pair[side].system }, view.pair[side].known));
  }
  known.append(make("td", { class: "verdict" }, ""));
  body.append(known);
  return make("table", { "aria-label": "What both records show" }, make("thead", {}, head), body);
}

function namesakes(others) {
  if (!others.length) return [];
  return [make("p", { class: "others" }, "The name fits other children, too:"),
    make("ul", {}, ...others.map(one => make("li", {}, one)))];
}

function worthTable(worth) {
  const head = make("tr");
  for (const name of worth.heads) head.append(make("th", { scope: "col" }, name));
  const body = make("tbody");
  for (const row of worth.rows) {
    const [first, ...rest] = row;
    body.append(make("tr", {}, make("th", { scope: "row" }, first), ...rest.map(cell => make("td", {}, cell))));
  }
  const table = make("table", { class: "worth" }, make("thead", {}, head), body);
  return make("details", {}, make("summary", {}, worth.title),
    make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": worth.title }, table),
    make("p", { class: "small" }, worth.note));
}

function render({ model, el }) {
  let view = null, waiting = false, timer = null;
  const note = make("p", { class: "note" });
  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const trouble = make("p", { class: "trouble", role: "alert" });
  const progress = make("progress", { "aria-label": "Questions answered", max: "1", value: "0" });
  const count = make("p", { class: "count" });
  const title = make("p", { class: "title", role: "heading", "aria-level": "3" });
  const question = make("div", { class: "question" });
  const buttons = make("div", { class: "buttons", role: "group", "aria-label": "Your answer" });
  const hour = make("div", { class: "hour" });
  for (const answer of ANSWERS) {
    const button = make("button", { type: "button", "aria-keyshortcuts": answer.key, "data-say": answer.say },
      answer.words, " ", make("kbd", {}, answer.key));
    button.addEventListener("click", () => send(answer.say));
    buttons.append(button);
  }
  const hint = make("p", { class: "small" },
    "The keys y, n, s and u work while the desk is active: click on it, or reach it with Tab.");
  // The notebook's own keys (d d deletes a cell) must not hear what is typed here.
  const desk = make("section", {
    class: "review-desk", tabindex: "0", "aria-label": "Review desk", "data-lm-suppress-shortcuts": "true",
  }, make("div", { class: "head" }, note, progress, count, status, trouble), title, buttons, question, hint, hour);

  function expectReply() {
    waiting = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      waiting = false;
      trouble.textContent = "This desk gets no reply: the kernel is busy, or has stopped. Run the cell again.";
    }, PATIENCE);
  }

  function send(say) {
    if (waiting || !view) return;
    if (allowed(say)) {
      expectReply();
      model.send({ do: say, question: view.question });
    }
  }

  function allowed(say) {
    return say === "undo" ? view.can_undo : view.question !== null;
  }

  function draw(next) {
    waiting = false;
    clearTimeout(timer);
    view = next;
    note.textContent = view.note;
    title.textContent = view.title;
    trouble.textContent = view.trouble;
    progress.max = Math.max(view.total, 1);
    progress.value = view.place;
    count.textContent = view.count;
    question.replaceChildren();
    if (view.pair) {
      question.append(pairTable(view), ...namesakes(view.pair.namesakes), make("p", { class: "evidence" }, view.pair.evidence),
        make("p", {}, `${view.pair.chance} ${view.pair.gain}`));
    } else {
      question.append(make("p", {}, view.next));
    }
    for (const button of buttons.children) {
      // Not disabled: a disabled button would drop the focus, and with it the keys.
      button.setAttribute("aria-disabled", String(!allowed(button.dataset.say)));
    }
    const open = hour.querySelector("details")?.open;
    hour.replaceChildren();
    if (view.hour) hour.append(make("p", {}, view.hour));
    if (view.worth) hour.append(worthTable(view.worth));
    if (open && hour.querySelector("details")) hour.querySelector("details").open = true;
    // Said last, when the rest is there: a screen reader hears it, the eye sees it.
    status.textContent = view.said;
  }

  desk.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const answer = ANSWERS.find(one => one.key === event.key.toLowerCase());
    if (!answer) return;
    event.preventDefault();
    event.stopPropagation();
    // A key that is held down answers once.
    if (!event.repeat) send(answer.say);
  });
  model.on("msg:custom", draw);
  el.append(desk);
  expectReply();
  model.send({ do: "show" });
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", draw);
  };
}

export default { render };
