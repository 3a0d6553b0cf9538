// The check-in form as it runs in a notebook or under Voila: it asks the kernel for the flagged students, and sends each
// decision at once. Nothing that it shows is part of the widget's state.

const PATIENCE = 20000; // milliseconds until somebody should know that nobody answers; the first list takes seconds
let forms = 0;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function button(words, act, attributes = {}) {
  const one = make("button", { type: "button", ...attributes }, words);
  one.addEventListener("click", act);
  return one;
}

function render({ model, el }) {
  const own = `check-in-${Date.now().toString(36)}-${forms += 1}`;
  let timer = null, list = 0, people = "";
  const title = make("p", { class: "title", role: "heading", "aria-level": "3", tabindex: "-1" });
  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const trouble = make("p", { class: "trouble", role: "alert" });
  const page = make("div", { class: "page" });
  const form = make("section", { class: "check-in", "aria-label": "Check-in", "data-lm-suppress-shortcuts": "true" }, title, page, status, trouble);
  // The notebook's own keys (d d deletes a cell) must not hear what is typed here.
  form.addEventListener("keydown", event => { if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); });

  function ask(message) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      trouble.textContent = "Nobody answers behind this form: the kernel is busy, or was stopped. Run the cell again; what was said to be saved is in the file.";
    }, PATIENCE);
    model.send(message);
  }

  function head(words) {
    return make("p", { class: "head", role: "heading", "aria-level": "4" }, words);
  }

  function field(label, control) {
    control.id = `${own}-${control.getAttribute("name")}`;
    return [make("label", { for: control.id }, label), control];
  }

  function open() {
    status.textContent = "Reading the flags of this view …";
    ask({ do: "open" });
  }

  function steps(told) {
    return make("ol", {}, ...told.steps.map(step => make("li", {}, make("b", {}, `${step.title} (${step.minutes} min). `), step.text)));
  }

  function closed(told) {
    title.textContent = `Check-in: ${told.minutes} minutes about flags`;
    page.replaceChildren(
      make("p", {}, told.known), make("p", {}, told.who), steps(told),
      make("div", { class: "buttons" }, button("Begin the check-in", open, { class: "main" })));
  }

  function decided(rows) {
    if (!rows.length) return [make("p", {}, "No decision yet about a student of this view.")];
    return [make("ul", { class: "decided" }, ...rows.map((row, place) => {
      const line = make("li", {}, make("b", {}, row.name), make("br"), `${row.what} (${row.who}, by ${row.by})`, make("br"), make("b", {}, row.became));
      if (row.open) {
        const close = status => ask({ do: "close", list, place, status });
        line.append(make("div", { class: "buttons" },
          button("Done", () => close("Done"), { "aria-label": `Done: ${row.what}, ${row.name}` }),
          button("Dropped", () => close("Dropped"), { "aria-label": `Dropped: ${row.what}, ${row.name}` })));
      }
      return line;
    }))];
  }

  function another(told) {
    const again = () => button("Read the flags of the view above again", open);
    if (!told.students.length) {
      return [make("p", {}, "No student of this view has a flag that this role may see."), make("div", { class: "buttons" }, again())];
    }
    const student = make("select", { name: "student" }, ...told.students.map((one, place) =>
      make("option", { value: String(place) }, [one.name, one.facts].filter(Boolean).join(" · "))));
    const flags = make("p", { class: "small", "aria-live": "polite" });
    const tell = () => { flags.textContent = `Flags: ${told.students[Number(student.value)].flags}`; };
    student.addEventListener("change", tell);
    tell();
    const what = make("input", { name: "what", type: "text", autocomplete: "off", maxlength: "500" });
    const who = make("input", { name: "who", type: "text", autocomplete: "off", maxlength: "100" });
    const day = make("input", { name: "by_when", type: "date", value: told.due });
    const team = make("input", { name: "decided_by", type: "text", autocomplete: "off", maxlength: "200", value: people });
    const save = () => {
      people = team.value;
      ask({ do: "decide", list, place: Number(student.value), what: what.value, who: who.value, by_when: day.value, decided_by: team.value });
    };
    return [
      ...field("Student", student), flags, ...field("What do we decide?", what), ...field("Who does it?", who),
      ...field("By when?", day), ...field("Who decided? (names or roles)", team),
      make("div", { class: "buttons" }, button("Save the decision", save, { class: "main" }), again()),
    ];
  }

  function draw(told) {
    list = told.list;
    title.textContent = `Check-in, seen as: ${told.seen_as}${told.group === "all" ? "" : `, ${told.group}`}`;
    page.replaceChildren(
      make("details", {}, make("summary", {}, "The four steps"), steps(told)), head("What became of earlier decisions"), ...decided(told.decided),
      ...(told.unread ? [make("p", { class: "trouble" }, told.unread)] : []),
      make("div", { class: "new" }, head("A new decision"), ...told.about.map(words => make("p", {}, words)), ...another(told)),
      make("p", { class: "small" }, `Each decision is saved at once in ${told.file}, next to the exports. ${told.note}`));
    status.textContent = told.said;
  }

  function heard(message) {
    clearTimeout(timer);
    trouble.textContent = message.trouble || "";
    if (message.screen === "trouble") { status.textContent = ""; return; }
    const inside = form.contains(document.activeElement);
    if (message.screen === "closed") closed(message);
    else draw(message);
    if (inside) title.focus();
  }

  model.on("msg:custom", heard);
  el.append(form);
  ask({ do: "show" });
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", heard);
  };
}

export default { render };
