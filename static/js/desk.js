// One entry, so that each behaviour is loaded once, whatever names the files are served under.
import "./keys.js";
import "./palette.js";
import "./toasts.js";
import "./focus.js";
import "./cursor.js";
import "./pick.js";
import "./work.js";
