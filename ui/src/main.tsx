import { render } from "preact";
import { App } from "./app";
import "./style/base.css";
import "./style/layout.css";
import "./style/parts.css";
import "./style/rollout.css";
import "./style/table.css";

render(<App />, document.getElementById("app")!);
