// The doors: enrolling the machine, signing in with a PIN, choosing a PIN of one's own.

import { h } from "../dom.js";
import { field, notice } from "../parts.js";
import { WORDS } from "../words.js";

function card(app, title, hint, ...fields) {
  return h("section", { class: "card" }, h("h1", {}, title), hint ? h("p", {}, hint) : null, ...fields, notice(app));
}

export class Enrol {
  constructor(app) {
    this.app = app;
    this.name = "door";
  }

  draw() {
    const { app } = this;
    return card(app, app.t("enrolTitle"), app.t("enrolHint"), field(app.t("secret"), app.catcher.text, { hidden: true }));
  }

  keys() {
    return [{ code: "Enter", name: this.app.t("next"), main: true, act: () => this.enter(this.app.catcher.text) }];
  }

  async enter(text) {
    if (text === "") return;
    this.app.catcher.clear();
    await this.app.wire.post("api/till", { secret: text });
    await this.app.begin();
  }
}

export class SignIn {
  constructor(app) {
    this.app = app;
    this.name = "door";
    this.login = "";
    this.atPin = false;
  }

  draw() {
    const { app } = this;
    const { text } = app.catcher;
    return card(app, app.t("signInTitle"), null,
      field(app.t("login"), this.atPin ? this.login : text, { active: !this.atPin }),
      field(app.t("pin"), this.atPin ? text : "", { hidden: true, active: this.atPin }));
  }

  keys() {
    const { app } = this;
    return [
      { code: "Enter", name: app.t("next"), main: true, act: () => this.enter(app.catcher.text.trim()) },
      ...(this.atPin ? [{ code: "Escape", name: app.t("back"), act: () => this.again() }] : []),
    ];
  }

  again() {
    this.atPin = false;
    this.app.catcher.clear();
  }

  async enter(text) {
    const { app } = this;
    if (text === "") return;
    app.catcher.clear();
    if (!this.atPin) {
      this.login = text.toLowerCase();
      this.atPin = true;
      return;
    }
    try {
      await app.wire.post("api/seat", { login: this.login, pin: text });
    } catch (error) {
      this.again();
      throw error;
    }
    app.givenPin = text;
    await app.begin();
  }
}

export class NewPin {
  constructor(app) {
    this.app = app;
    this.name = "door";
    this.words = [];
    this.asked = app.givenPin === undefined ? ["pin", "newPin", "newPinAgain"] : ["newPin", "newPinAgain"];
  }

  draw() {
    const { app } = this;
    return card(app, app.t("newPinTitle"), app.t("newPinHint"), this.asked.map((name, at) => {
      const active = at === this.words.length;
      return field(app.t(name), active ? app.catcher.text : (this.words[at] ?? ""), { hidden: true, active });
    }));
  }

  keys() {
    return [{ code: "Enter", name: this.app.t("next"), main: true, act: () => this.enter(this.app.catcher.text) }];
  }

  async enter(text) {
    const { app } = this;
    if (text === "") return;
    this.words.push(text);
    app.catcher.clear();
    if (this.words.length < this.asked.length) return;
    const [again, fresh, old] = this.words.toReversed();
    this.words = [];
    if (again !== fresh) {
      app.note(WORDS.pinsDiffer);
      return;
    }
    await app.wire.post("api/seat/pin", { old: old ?? app.givenPin, new: fresh });
    delete app.givenPin;
    await app.begin();
  }
}
