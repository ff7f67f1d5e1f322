// A short list to choose from: by its number, or by arrows and Enter.

import { h } from "../dom.js";

export class Choice {
  constructor(app, title, options, onChosen) {
    Object.assign(this, { app, title, options, onChosen, name: "choice", at: 0 });
  }

  draw() {
    const { app } = this;
    const typed = Number(app.catcher.text);
    if (typed >= 1 && typed <= this.options.length) this.at = typed - 1;
    return h("section", { class: "card wide" }, h("h1", {}, this.title),
      h("ol", { class: "options" }, this.options.map((option, at) =>
        h("li", { class: at === this.at ? "chosen" : null, onclick: () => app.act(() => this.onChosen(option)) },
          h("b", {}, String(at + 1)), h("span", {}, option.name), h("span", { class: "figure" }, option.figure ?? "")))));
  }

  keys() {
    const { app } = this;
    return [
      { code: "Enter", name: app.t("choose"), main: true, act: () => this.enter() },
      { code: "ArrowUp", name: "", act: () => this.move(-1) },
      { code: "ArrowDown", name: "", act: () => this.move(1) },
      { code: "Escape", name: app.t("back"), act: () => app.home() },
    ];
  }

  move(step) {
    this.app.catcher.clear();
    this.at = (this.at + step + this.options.length) % this.options.length;
  }

  async enter() {
    const option = this.options[this.at];
    this.app.home();
    await this.onChosen(option);
  }
}
