// The outcome: the change, and for each bill one of three words that nobody can mistake. Enter
// prints the papers, notes what was handed over, and makes room for the next citizen.

import { h } from "../dom.js";
import { written } from "../money.js";
import { coins, notice, sum } from "../parts.js";
import { fetchPapers, ownSlip, printNow } from "../printing.js";
import { told, wordOf } from "../visits.js";
import { WORDS } from "../words.js";
import { Refusal } from "../wire.js";

const SIGNS = { paid: "✓", not_paid: "✗", in_doubt: "?", pending: "…" };

export class Outcome {
  constructor(app, visit) {
    Object.assign(this, { app, visit, name: "outcome", ahead: [] });
  }

  /** Nothing leads away while cash of this visit lies on the counter. */
  holds() {
    return !this.visit.over && !this.visit.parked;
  }

  draw() {
    const { app, visit } = this;
    const words = visit.lines.map((line) => wordOf(visit, line) ?? "pending");
    const one = words.every((word) => word === words[0]) ? ` all-${words[0]}` : "";
    return [
      h("section", { class: `change${one}` },
        h("h1", {}, app.t(visit.change === 0 ? "noChange" : "change")),
        visit.change === 0 ? null : sum(visit.change, app.seat.cash, "sum giant"),
        visit.change === 0 ? null : coins(visit.change, app),
        this._plusBack(words)),
      h("section", { class: `words n${Math.min(visit.lines.length, 6)}${one}` },
        visit.lines.map((line, at) => this._word(line, words[at])),
        this.ahead.length > 0 ? h("p", { class: "notice plain" }, app.t("scannedAhead", { n: this.ahead.length })) : null,
        notice(app)),
    ];
  }

  _word(line, word) {
    const { app } = this;
    const amount = written(line.cash_due, app.seat.cash);
    const reason = line.sentence && word !== "paid" ? h("p", { class: "reason" }, app.tell(line.sentence)) : null;
    return h("article", { class: `word ${word}` },
      h("span", { class: "mark", "aria-hidden": "true" }, SIGNS[word]),
      h("div", {},
        h("h2", {}, app.t(word)),
        word === "not_paid" ? h("p", { class: "back" }, app.t("giveBack", { amount: `¥ ${amount}` })) : null,
        word === "in_doubt" ? h("p", { class: "back" }, app.t("keepCash")) : null,
        h("p", { class: "of" }, app.tell(line.biller), ` · ${line.account} · ${amount}`, line.number ? ` · ${line.number}` : ""),
        reason));
  }

  _plusBack(words) {
    const { app, visit } = this;
    const back = visit.lines.reduce((all, line, at) => all + (words[at] === "not_paid" ? line.cash_due : 0), 0);
    return back === 0 ? null : h("p", { class: "plus" }, app.t("plusBack", { amount: `¥ ${written(back, app.seat.cash)}` }));
  }

  /** What is read aloud when the outcome is there. */
  spoken() {
    return this.visit.lines.map((line) => this.app.t(wordOf(this.visit, line))).join("; ");
  }

  keys() {
    const { app, visit } = this;
    const silent = visit.lines.some((line) => line.payment === null && wordOf(visit, line) === "in_doubt");
    return [
      ...(told(visit) ? [{ code: "Enter", name: app.t("finish"), main: true, act: () => this.enter() }] : []),
      ...(silent ? [{ code: "F8", name: app.t("giveUp"), act: () => app.asker.giveUp(visit, WORDS.gaveUp) }] : []),
    ];
  }

  /** The next citizen's bill, scanned early: kept until this visit is over. */
  scan(text) {
    this.ahead.push(text);
  }

  async enter() {
    const { app, visit } = this;
    if (!told(visit) || this.finishing) return;
    this.finishing = true;
    try {
      await this._print();
      for (const line of visit.lines) await this._settle(line);
      visit.parked = visit.lines.some((line) => line.payment === null && line.word !== "not_paid");
      visit.over = !visit.parked;
      await app.asker.save(visit);
    } finally {
      this.finishing = false;
    }
    app.home();
    for (const text of this.ahead.splice(0)) await app.basket.scan(text);
  }

  async _print() {
    const { app, visit } = this;
    const open = visit.lines.filter((line) => !line.printed && wordOf(visit, line) !== "not_paid");
    const { papers, without } = await fetchPapers(app.wire, open);
    const slips = without.filter((line) => !visit.parked || line.payment !== null);
    printNow([...papers, ...slips.map((line) => ownSlip(visit, line, app.seat))]);
    for (const line of open) line.printed = !without.includes(line);
    await app.journal.put("visits", visit);
  }

  /** Note for the network what went over the counter: cash back, or a slip. */
  async _settle(line) {
    const word = wordOf(this.visit, line);
    if (line.payment === null || line.settled || word === "paid") return;
    const [act, id] = word === "not_paid" ? ["cash-returned", line.backKey] : ["slip-given", line.slipKey];
    try {
      await this.app.undo({ id, payment: line.payment, act });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "RETURN_REFUND") await this.app.undo({ id: line.refundKey, payment: line.payment, act: "refunded" });
      else if (error.code !== "RETURN_STATE") throw error;
    }
    line.settled = true;
  }
}
