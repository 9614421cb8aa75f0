const MORNING = "08:00:00";
const NIGHT = "21:00:00";

// What the page says (data-…) as options of the calendar. Times are those of the school, whatever the browser's zone is:
// the server writes them without a zone.
export function calendarOptions(data, lang) {
  return {
    locale: lang.startsWith("zh") ? "zh-cn" : "en",
    timeZone: "UTC",
    initialView: data.view || "timeGridWeek",
    initialDate: data.day,
    now: data.now,
    firstDay: 1,
    headerToolbar: false,
    allDaySlot: false,
    nowIndicator: true,
    slotMinTime: MORNING,
    slotMaxTime: NIGHT,
    slotDuration: "00:30:00",
    height: "auto",
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    events: readEvents(document.getElementById(data.events)),
  };
}

// The events stand in the page as JSON: no second request, and nothing kept once the page is gone.
export function readEvents(element) {
  return element ? JSON.parse(element.textContent) : [];
}
