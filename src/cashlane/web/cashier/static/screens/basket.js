// The basket: one to twenty bills of one citizen, each held for this till; the total for all to see.

import { h } from "../dom.js";
import { written } from "../money.js";
import { field, notice, sum } from "../parts.js";
import { WORDS } from "../words.js";
import { Cash } from "./cash.js";
import { Choice } from "./choice.js";

const MOST = 20;
const KEPT = "basket";
const KEPT_MS = 10 * 60 * 1000; // as long as the bills are held

export class Basket {
  constructor(app, lines) {
    Object.assign(this, { app, lines, name: "basket", at: lines.length - 1, asking: 0 });
  }

  /** The basket that was open when the page was left. */
  static async kept(app) {
    const kept = await app.journal.get("kept", KEPT);
    return new Basket(app, kept && Date.now() - kept.at < KEPT_MS ? kept.lines : []);
  }

  get total() {
    return this.lines.reduce((all, line) => all + line.cash_due, 0);
  }

  draw() {
    const { app } = this;
    const hint = this.asking > 0 ? "asking" : this.lines.length === 0 ? "scanFirst" : "scanHint";
    return [
      h("section", { class: "bills" },
        h("h1", {}, app.t("basketTitle")),
        h("ol", { class: "lines" }, this.lines.map((line, at) => this._line(line, at))),
        this.lines.length === 0 ? (app.shut.length > 0 ? shut(app) : empty()) : null,
        notice(app),
        field(app.t(hint), app.catcher.text)),
      totals(app, this.lines.length, this.total),
    ];
  }

  _line(line, at) {
    const { app } = this;
    return h("li", { class: at === this.at ? "chosen" : null },
      h("span", { class: "at" }, String(at + 1)),
      h("span", { class: "what" }, h("b", {}, app.tell(line.biller)), h("small", {}, line.account, line.customer ? ` · ${line.customer}` : "", ...remarks(line, app))),
      h("span", { class: "figure" }, written(line.cash_due, app.seat.cash)));
  }

  keys() {
    const { app } = this;
    if (this.lines.length === 0) return [];
    return [
      { code: "Enter", name: app.t("cashKey"), main: true, act: () => this.enter(app.catcher.text.trim()) },
      { code: "ArrowUp", name: "", act: () => this.move(-1) },
      { code: "ArrowDown", name: "", act: () => this.move(1) },
      { code: "Delete", name: app.t("removeKey"), act: () => this.remove() },
    ];
  }

  move(step) {
    this.at = Math.min(Math.max(this.at + step, 0), this.lines.length - 1);
  }

  async remove() {
    this.lines.splice(this.at, 1);
    this.move(0);
    await this.keep();
  }

  /** A typed code or account, or nothing: then the cash is counted. */
  async enter(text) {
    const { app } = this;
    if (text !== "") {
      app.catcher.clear();
      const owners = app.seat.billers.filter((biller) => isAccountOf(text, biller));
      return owners.length > 0 ? this._chooseBiller(text, owners) : this.scan(text);
    }
    if (this.lines.length > 0 && this.asking === 0) app.show(new Cash(app));
    return undefined;
  }

  _chooseBiller(account, owners) {
    const { app } = this;
    const options = owners.map((biller) => ({ name: app.tell(biller.name), figure: app.tell(biller.field), biller }));
    app.show(new Choice(app, app.t("chooseBiller", { account }), options, (option) =>
      this.add({ biller: option.biller.code, account })));
  }

  /** A scanned code; from wherever it came, the basket is shown with it. */
  async scan(text) {
    if (this.app.screen !== this && !this.app.screen.holds?.()) this.app.home();
    await this.add({ code: text });
  }

  async add(wanted) {
    const { app } = this;
    if (this.lines.length >= MOST) return app.note(WORDS.full);
    this.asking += 1;
    app.draw();
    try {
      const offer = await app.wire.post("api/inquiries", { ...wanted, hold: true });
      const [bill] = offer.bills;
      if (offer.bills.length === 1 && bill.hold) await this._put(offer.biller, bill);
      else if (offer.bills.length > 0) this._chooseBill(offer);
    } finally {
      this.asking -= 1;
    }
    return undefined;
  }

  _chooseBill({ biller, bills }) {
    const { app } = this;
    const options = bills.map((bill) => ({ name: `${bill.period} ${bill.account}`, figure: written(bill.cash_due, app.seat.cash), bill }));
    app.show(new Choice(app, app.t("chooseBill"), options, ({ bill }) =>
      this.add({ biller: biller.code, account: bill.account, bill_ref: bill.bill_ref })));
  }

  async _put(biller, bill) {
    if (this.lines.some((line) => line.hold === bill.hold.id)) return this.app.note(WORDS.already);
    const { account, period, customer, due_on, customer_fee, rounding, carried, cash_due } = bill;
    this.lines.push({
      biller: biller.name, account, period, customer, due_on, customer_fee, rounding, carried, cash_due,
      hold: bill.hold.id, token: bill.hold.token,
    });
    this.at = this.lines.length - 1;
    return this.keep();
  }

  async keep() {
    await this.app.journal.put("kept", { id: KEPT, at: Date.now(), lines: this.lines });
  }

  async clear() {
    this.lines = [];
    this.at = -1;
    await this.keep();
  }
}

function isAccountOf(text, biller) {
  return /^[0-9]+$/.test(text) && text.length >= biller.least && text.length <= biller.most;
}

function remarks(line, app) {
  const { cash } = app.seat;
  const amount = (value) => ({ amount: written(value, cash) });
  return [
    line.due_on ? ` · ${app.t("due", { day: line.due_on })}` : "",
    line.customer_fee ? ` · ${app.t("fee", amount(line.customer_fee))}` : "",
    line.rounding ? ` · ${app.t("rounded", amount(line.rounding))}` : "",
    line.carried ? ` · ${app.t("carriedOver", amount(line.carried))}` : "",
  ];
}

/** What this counter cannot take now, said before anybody counts cash for it. */
function shut(app) {
  return h("section", { class: "shut" },
    h("h2", {}, app.t("shutTitle")),
    h("ul", {}, app.shut.map((one) => h("li", {},
      h("b", {}, one.billers.map((biller) => app.tell(biller)).join(app.t("and"))),
      h("span", {}, app.tell(one.why), one.since ? ` · ${app.t("shutSince", { since: one.since })}` : ""),
      one.nearest.length === 0 ? null : h("small", {}, app.t("shutNearest")),
      h("ol", {}, one.nearest.map((place) => h("li", {}, `${app.tell(place.name)} · ${app.t("metres", { n: place.metres })}`)))))));
}

function empty() {
  return h("div", { class: "empty", "aria-hidden": "true" }, h("i", {}), h("i", {}), h("i", {}));
}

/** Count and total, huge: the customer reads them across the counter. */
export function totals(app, count, total) {
  return h("aside", { class: "totals", "aria-label": app.t("toPay") },
    h("p", { class: "count" }, h("b", {}, String(count)), app.t(count === 1 ? "bill" : "bills")),
    h("p", { class: "caption" }, app.t("toPay")),
    sum(total, app.seat.cash, "sum huge"));
}
