// Finding a payment by its paper, and what can be done with it: print it again, void it, pay it back.

import { h } from "../dom.js";
import { newKey } from "../keys.js";
import { written } from "../money.js";
import { field, notice, sum } from "../parts.js";
import { fetchPapers, printNow } from "../printing.js";
import { say, STATES, WORDS } from "../words.js";

export class Search {
  constructor(app, recent) {
    Object.assign(this, { app, recent, name: "search", at: -1 });
  }

  /** Show the search; with a text at once what it finds. */
  static async open(app, text) {
    if (app.screen.holds?.()) return undefined;
    if (text !== "") return Found.open(app, text);
    const shift = await app.wire.get("api/shift");
    return app.show(new Search(app, shift.payments));
  }

  draw() {
    const { app } = this;
    return [
      h("section", { class: "bills" },
        h("h1", {}, app.t("searchTitle")),
        field(app.t("searchHint"), app.catcher.text),
        notice(app),
        h("h2", {}, app.t("recent")),
        this.recent.length === 0 ? h("p", { class: "hint" }, app.t("none")) : null,
        h("ol", { class: "lines small" }, this.recent.map((one, at) => this._row(one, at)))),
    ];
  }

  _row(one, at) {
    const { app } = this;
    const { details } = one;
    return h("li", { class: at === this.at ? "chosen" : null, onclick: () => app.act(() => Found.open(app, details.receipt_number)) },
      h("span", { class: `state ${one.word}` }, app.tell(STATES[one.state])),
      h("span", { class: "what" }, h("b", {}, app.tell(one.biller)), h("small", {}, `${details.receipt_number} · ${details.accepted_at.slice(11, 16)}`)),
      h("span", { class: "figure" }, written(details.cash_due, app.seat.cash)));
  }

  keys() {
    const { app } = this;
    return [
      { code: "Enter", name: app.t("find"), main: true, act: () => this.enter(app.catcher.text.trim()) },
      { code: "ArrowUp", name: "", act: () => this.move(-1) },
      { code: "ArrowDown", name: "", act: () => this.move(1) },
      { code: "Escape", name: app.t("back"), act: () => app.home() },
    ];
  }

  move(step) {
    this.at = Math.min(Math.max(this.at + step, -1), this.recent.length - 1);
  }

  enter(text) {
    const { app } = this;
    if (text !== "") return Found.open(app, text);
    if (this.at >= 0) return Found.open(app, this.recent[this.at].details.receipt_number);
    return undefined;
  }
}

class Found {
  constructor(app, found) {
    Object.assign(this, { app, found, name: "found", sure: false, result: null });
  }

  static async open(app, text) {
    app.show(new Found(app, await app.wire.get(`api/receipts/${encodeURIComponent(text)}`)));
  }

  draw() {
    const { app } = this;
    const { status, biller } = this.found;
    const { details } = status;
    const facts = [
      [app.t("number"), details.receipt_number],
      [app.t("biller"), app.tell(biller)],
      [app.t("account"), details.account],
      [app.t("time"), details.accepted_at.slice(0, 19).replace("T", " ")],
      [app.t("till"), details.till],
    ];
    return [
      h("section", { class: "paper-facts" },
        h("h1", {}, app.tell(STATES[status.state])),
        sum(details.cash_due, app.seat.cash, "sum large"),
        h("dl", {}, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
        this.sure ? h("p", { class: "notice wrong" }, app.t("voidSure")) : null,
        notice(app)),
      this.result === null ? null : h("section", { class: "words n1" }, h("article", { class: `word ${this.result.kind}` },
        h("div", {}, h("h2", {}, app.t(this.result.word)),
          this.result.back ? h("p", { class: "back" }, app.t("giveBack", { amount: `¥ ${written(details.cash_due, app.seat.cash)}` })) : null))),
    ];
  }

  keys() {
    const { app } = this;
    const { state } = this.found.status;
    if (this.sure) return [{ code: "Enter", name: app.t("voidKey"), main: true, act: () => this.enter() }, { code: "Escape", name: app.t("back"), act: () => this.ask(false) }];
    return [
      ...(this.found.paper ? [
        { code: "F7", name: app.t("reprint"), main: true, act: () => this.print("roll") },
        { code: "F8", name: app.t("reprintA4"), act: () => this.print("a4") },
      ] : []),
      ...(this.found.own_till && (state === "confirmed" || state === "stood_in") ? [{ code: "Delete", name: app.t("voidKey"), act: () => this.ask(true) }] : []),
      ...(state === "declined" ? [{ code: "F8", name: app.t("handBackKey"), act: () => this._do("cash-returned", "cashReturned", "not_paid") }] : []),
      ...(state === "refund_due" ? [{ code: "F8", name: app.t("refundKey"), act: () => this._do("refunded", "refunded", "not_paid") }] : []),
      { code: "Escape", name: app.t("back"), act: () => Search.open(app, "") },
    ];
  }

  ask(sure) {
    this.sure = sure;
  }

  async enter() {
    if (!this.sure) return;
    this.sure = false;
    await this._do("void", "voided", "not_paid");
  }

  async _do(act, word, kind) {
    const { app } = this;
    const { payment } = this.found.status;
    await app.undo({ id: newKey(), payment, act });
    this.found.status = await app.wire.get(`api/payments/${payment}?wait_ms=4000`, 8000);
    this.found.paper = false;
    if (act === "void" && this.found.status.state !== "voided") this.result = resultOf(this.found.status);
    else this.result = { kind, word, back: true };
  }

  async print(size) {
    const { app } = this;
    const { payment } = this.found.status;
    const copy = ((await app.journal.get("copies", payment))?.count ?? 0) + 1;
    await app.journal.put("copies", { id: payment, count: copy });
    const { papers } = await fetchPapers(app.wire, [{ payment }], copy, size);
    if (papers.length === 0) return app.note(WORDS.noAnswer);
    printNow(papers);
    app.note({ zh: say(WORDS.copyPrinted, "zh", { n: copy }), en: say(WORDS.copyPrinted, "en", { n: copy }) }, "plain");
    return undefined;
  }
}

/** A void that is not through: the payment stands, or its end is not known yet. */
function resultOf(status) {
  return { kind: status.word, word: status.word === "paid" ? "paid" : "pending", back: false };
}
