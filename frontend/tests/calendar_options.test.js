import { expect, test } from "vitest";
import { calendarOptions, readEvents } from "../js/calendar_options.js";

test("the page says where the week begins and in which language", () => {
  document.body.innerHTML = '<script type="application/json" id="events">[{"title": "A7K2"}]</script>';
  const options = calendarOptions({ day: "2026-11-30", now: "2026-11-30T09:00:00", events: "events" }, "zh-Hans");
  expect(options.locale).toBe("zh-cn");
  expect(options.initialDate).toBe("2026-11-30");
  expect(options.initialView).toBe("timeGridWeek");
  expect(options.events).toEqual([{ title: "A7K2" }]);
  expect(calendarOptions({ view: "timeGridDay" }, "en").locale).toBe("en");
});

test("a page without events has none", () => {
  expect(readEvents(null)).toEqual([]);
});
