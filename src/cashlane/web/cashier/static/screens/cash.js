// The cash figure: what the citizen put down, and the change that follows from it.

import { h } from "../dom.js";
import { typed } from "../money.js";
import { coins, field, notice, sum } from "../parts.js";
import { newVisit } from "../visits.js";
import { WORDS } from "../words.js";
import { totals } from "./basket.js";
import { Outcome } from "./outcome.js";

export class Cash {
  constructor(app) {
    Object.assign(this, { app, name: "cash", paying: false });
  }

  draw() {
    const { app } = this;
    const { basket } = app;
    const given = typed(app.catcher.text, app.seat.cash);
    return [
      h("section", { class: "given" },
        h("h1", {}, app.t("cashTitle")),
        h("p", { class: "hint" }, app.t("cashHint")),
        field(app.t("cashGiven"), app.catcher.text, { big: true }),
        given === null ? null : this._ahead(given - basket.total),
        notice(app)),
      totals(app, basket.lines.length, basket.total),
    ];
  }

  _ahead(rest) {
    const { app } = this;
    const short = rest < 0;
    return h("div", { class: `ahead ${short ? "short" : "enough"}` },
      h("span", { class: "caption" }, app.t(short ? "missing" : rest === 0 ? "noChange" : "changeAhead")),
      rest === 0 ? null : sum(Math.abs(rest), app.seat.cash), short ? null : coins(rest, app));
  }

  keys() {
    const { app } = this;
    return [
      { code: "Enter", name: app.t("payKey"), main: true, act: () => this.enter(app.catcher.text.trim()) },
      { code: "Escape", name: app.t("back"), act: () => app.home() },
    ];
  }

  /** A bill found late joins the basket; the cash is asked for anew. */
  async scan(text) {
    this.app.home();
    await this.app.basket.scan(text);
  }

  async enter(text) {
    const { app } = this;
    const given = typed(text, app.seat.cash);
    if (given === null) return app.note(WORDS.notAmount);
    if (given < app.basket.total || this.paying) return undefined;
    this.paying = true;
    const visit = newVisit(app.basket.lines, given);
    await app.asker.begin(visit);
    app.show(new Outcome(app, visit));
    return app.basket.clear();
  }
}
