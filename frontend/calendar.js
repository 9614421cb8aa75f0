import "temporal-polyfill/global";
import { Calendar } from "fullcalendar";
import interaction from "fullcalendar/interaction";
import list from "fullcalendar/list";
import zhCn from "fullcalendar/locales/zh-cn";
import classic from "fullcalendar/themes/classic";
import timegrid from "fullcalendar/timegrid";
import "fullcalendar/skeleton.css";
import "fullcalendar/themes/classic/theme.css";
import "fullcalendar/themes/classic/palette.css";
import "./css/calendar.css";
import { calendarOptions } from "./js/calendar_options.js";

// The list beside it says the same to the keyboard and to screen readers.
const place = document.querySelector("[data-calendar]");
if (place) {
  const options = calendarOptions(place.dataset, document.documentElement.lang);
  new Calendar(place, { plugins: [interaction, list, timegrid, classic], locales: [zhCn], ...options }).render();
  place.hidden = false;
}
