// Buttons of the tour: each starts an act and shows its lines as they come.

const language = document.body.dataset.language;
const buttons = [...document.querySelectorAll("[data-step]")];

function shown(line) {
  const item = document.createElement("li");
  item.className = line.kind;
  item.append(line.words[language]);
  if (line.link) {
    const link = document.createElement("a");
    link.href = line.link;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = language === "zh" ? "核验" : "check it";
    item.append(" ", link);
  }
  return item;
}

async function run(button) {
  const lines = button.closest("li").querySelector(".lines");
  lines.replaceChildren();
  for (const one of buttons) one.disabled = true;
  button.classList.add("working");
  try {
    const answer = await fetch(`/steps/${button.dataset.step}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: "{}",
    });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      rest += part.value;
      const whole = rest.split("\n");
      rest = whole.pop();
      for (const text of whole) lines.append(shown(JSON.parse(text)));
    }
  } finally {
    for (const one of buttons) one.disabled = false;
    button.classList.remove("working");
    button.classList.add("done");
    button.focus();
  }
}

for (const button of buttons) button.addEventListener("click", () => run(button));
for (const bill of document.querySelectorAll("[data-code]")) {
  bill.addEventListener("click", async () => {
    await navigator.clipboard.writeText(bill.dataset.code);
    document.querySelector(".copied").textContent = language === "zh" ? `已复制 ${bill.dataset.code}` : `Copied ${bill.dataset.code}`;
  });
}
