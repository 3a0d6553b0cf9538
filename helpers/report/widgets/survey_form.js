// The survey's form as it runs in a notebook: it asks the kernel for the questions, and sends each answer at once.
// Nothing that it shows is part of the widget's state. What wasn't saved is kept here and sent again.

const PATIENCE = 8000; // milliseconds until somebody should know that nobody answers
const NO_ANSWER = "I don't know, or it isn't my work";

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

let forms = 0;

function render({ model, el }) {
  const own = `survey-${++forms}`;
  let survey = null, person = "", row = {}, place = 0, turn = 0, timer = null, leaving = false;
  const unsaved = new Map(); // column -> text, until the kernel says that it is in the file
  const sent = new Map(); // turn -> what went with it
  const title = make("p", { class: "title", role: "heading", "aria-level": "3", tabindex: "-1" });
  const progress = make("progress", { "aria-label": "Questions answered", max: "1", value: "0" });
  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const trouble = make("p", { class: "trouble", role: "alert" });
  const page = make("div", { class: "page" });
  const note = make("p", { class: "small" });
  const form = make("section", { class: "survey-form", "aria-label": "Survey" }, title, progress, status, trouble, page, note);
  // The notebook's own keys (arrows change the cell, d d deletes it) must not hear what is typed here.
  form.addEventListener("keydown", event => { if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); });

  function expectReply() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      say("", "This form gets no reply: the kernel is busy, or has stopped. Run the cell again. The file has every answer that was shown as saved.");
    }, PATIENCE);
  }

  function ask(message) {
    expectReply();
    model.send(message);
  }

  function say(words, amiss = "") {
    status.textContent = words;
    trouble.textContent = amiss;
  }

  function save(column, text) {
    row[column] = text;
    unsaved.set(column, text);
    flush();
  }

  function flush() {
    if (!unsaved.size) return;
    turn += 1;
    sent.set(turn, new Map(unsaved));
    ask({ do: "save", respondent: person, given: Object.fromEntries(unsaved), turn });
  }

  function saved(reply) {
    const these = sent.get(reply.turn);
    sent.delete(reply.turn);
    if (reply.trouble) {
      leaving = false;
      say("", `${reply.trouble} The next answer tries again.`);
      return;
    }
    // What was changed again since then waits for its own reply.
    for (const [column, text] of these ?? []) if (unsaved.get(column) === text) unsaved.delete(column);
    progress.value = reply.answered;
    say(`Saved in ${survey.file}: ${reply.answered} of ${survey.total} answered.`);
    if (leaving && !unsaved.size) ask({ do: "show" });
  }

  function field(label, attributes, tag = "input") {
    const id = `${own}-${attributes.name}`;
    const control = make(tag, { id, ...attributes });
    return [make("label", { for: id }, label), control];
  }

  function choices(name, legend, hint, options) {
    const group = make("fieldset", {}, make("legend", {}, legend), ...(hint ? [make("p", { class: "hint" }, hint)] : []));
    for (const [value, words] of options) {
      const id = `${own}-${name}-${value || "none"}`;
      const radio = make("input", { type: "radio", id, name: `${own}-${name}`, value });
      radio.checked = (row[name] ?? "") === value && (value !== "" || name in row);
      radio.addEventListener("change", () => save(name, value));
      group.append(make("div", { class: "choice" }, radio, make("label", { for: id }, words)));
    }
    return group;
  }

  function start() {
    title.textContent = "Where does your school system stand?";
    progress.hidden = true;
    const [nameLabel, name] = field("Your name, or any number (others see it in the file)", { name: "respondent", type: "text", autocomplete: "off", maxlength: "100", required: "" });
    const [roleLabel, role] = field("Your job (optional)", { name: "role", type: "text", autocomplete: "off", maxlength: "200" });
    const begin = () => {
      if (!name.value.trim()) { say("", "Give a name or a number first, such as R1."); name.focus(); return; }
      ask({ do: "begin", respondent: name.value, role: role.value });
    };
    for (const one of [name, role]) one.addEventListener("keydown", event => { if (event.key === "Enter") { event.preventDefault(); begin(); } });
    page.replaceChildren(
      make("p", {}, `${survey.total} questions on six domains, about a quarter of an hour. Choose the answer that is true today, not the one that is planned.`),
      nameLabel, name, roleLabel, role, make("div", { class: "buttons" }, button("Begin", begin, { class: "main" })));
    if (survey.people.length) {
      const list = make("div", { class: "buttons", role: "group", "aria-label": "Go on as" });
      for (const one of survey.people) {
        list.append(button(`${one.name}: ${one.answered} of ${survey.total}`, () => ask({ do: "begin", respondent: one.name, role: "" })));
      }
      page.append(make("p", { class: "others" }, "People who have started, and can continue:"), list);
    }
  }

  function leave() {
    // Nobody else begins before the last answer is in the file.
    if (!unsaved.size) return ask({ do: "show" });
    leaving = true;
    flush();
  }

  function questions() {
    progress.hidden = false;
    progress.max = survey.total;
    progress.value = survey.domains.flatMap(domain => domain.items).filter(item => row[item.id]).length;
    const last = survey.domains.length;
    if (place === last) return ending();
    const domain = survey.domains[place];
    title.textContent = `${domain.title} (${place + 1} of ${last})`;
    page.replaceChildren(...domain.items.map(item =>
      choices(item.id, item.title, item.text, [...item.anchors.map((words, at) => [String(at + 1), `${at + 1}. ${words}`]), ["", NO_ANSWER]])),
    moves());
  }

  function ending() {
    title.textContent = "At last";
    const [label, text] = field("Anything to add?", { name: "note", rows: "4", maxlength: "4000" }, "textarea");
    text.value = row.note ?? "";
    let pause = null;
    text.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(() => save("note", text.value), 600); });
    text.addEventListener("change", () => { clearTimeout(pause); save("note", text.value); });
    page.replaceChildren(choices("data_team", "A data team", survey.data_team, [["yes", "Yes"], ["no", "No"], ["", NO_ANSWER]]), label, text, moves());
  }

  function moves() {
    const last = survey.domains.length;
    const go = to => { place = to; questions(); title.focus(); form.scrollIntoView({ block: "start" }); };
    const bar = make("div", { class: "buttons" });
    if (place > 0) bar.append(button("Back", () => go(place - 1)));
    if (place < last) bar.append(button("Next", () => go(place + 1), { class: "main" }));
    bar.append(button(place === last ? "Done: another person answers" : "Stop here: another person answers", leave));
    return bar;
  }

  function heard(reply) {
    clearTimeout(timer);
    if (reply.screen === "saved") return saved(reply);
    if (reply.screen === "start") {
      survey = reply;
      note.textContent = reply.own;
      person = ""; row = {}; place = 0;
      leaving = false;
      say("");
      start();
    } else {
      person = reply.respondent;
      row = reply.row;
      place = 0;
      say(reply.said || `Each answer of ${person} is saved at once in ${survey.file}.`);
      questions();
    }
    if (reply.screen !== "start" || form.contains(document.activeElement)) title.focus();
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
