// The shift: what this till took, what should lie in the drawer, and its end.

import { h } from "../dom.js";
import { written } from "../money.js";
import { notice, sum } from "../parts.js";
import { STATES, WORDS } from "../words.js";

export class Shift {
  constructor(app, shift) {
    Object.assign(this, { app, shift, name: "shift", sure: false });
  }

  static async open(app) {
    app.show(new Shift(app, await app.wire.get("api/shift")));
  }

  draw() {
    const { app, shift } = this;
    if (shift.number === null) return h("section", { class: "card" }, h("h1", {}, app.t("shiftTitle")), h("p", {}, app.t("noShift")));
    return [
      h("section", { class: "bills" },
        h("h1", {}, app.t("shiftTitle")),
        h("p", { class: "hint" },
          app.t("shiftLine", { day: shift.business_date, n: shift.number, from: shift.opened_at.slice(11, 16) }),
          shift.closed_at ? ` · ${app.t("shiftOver", { to: shift.closed_at.slice(11, 16) })}` : ""),
        h("ol", { class: "lines small" }, shift.lines.map((line) => h("li", {},
          h("span", { class: "what" }, h("b", {}, app.tell(STATES[line.state])), h("small", {}, app.t("payments", { n: line.count }))),
          h("span", { class: "figure" }, written(line.cash, app.seat.cash))))),
        this.sure ? h("p", { class: "notice wrong" }, app.t("closeSure")) : null,
        notice(app)),
      h("aside", { class: "totals" },
        h("p", { class: "count" }, app.t("payments", { n: shift.count })),
        h("p", { class: "caption" }, app.t("inDrawer")),
        sum(shift.in_drawer, app.seat.cash, "sum huge")),
    ];
  }

  keys() {
    const { app, shift } = this;
    const open = shift.number !== null && shift.closed_at === null;
    if (this.sure) return [{ code: "Enter", name: app.t("closeKey"), main: true, act: () => this.enter() }, { code: "Escape", name: app.t("back"), act: () => this.ask(false) }];
    return [
      ...(open ? [{ code: "Delete", name: app.t("closeKey"), act: () => this.ask(true) }] : []),
      { code: "Escape", name: app.t("back"), act: () => app.home() },
    ];
  }

  ask(sure) {
    const open = this.app.asker.open().length;
    if (sure && open > 0) return this.app.note({ zh: WORDS.unsynced.zh.replace("{n}", open), en: WORDS.unsynced.en.replace("{n}", open) });
    this.sure = sure;
    return undefined;
  }

  async enter() {
    if (!this.sure) return;
    this.sure = false;
    this.shift = await this.app.wire.post("api/shift/close", {});
  }
}
