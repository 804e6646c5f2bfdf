// The film's page: a button whose page was out of date is answered with a 409 and the state that is now. htmx leaves
// such answers alone unless it is told otherwise; here they are put in like any other, and say themselves what happened.

document.addEventListener('htmx:beforeSwap', ({ detail }) => { // htmx 2
  if (detail.xhr?.status === 409) Object.assign(detail, { shouldSwap: true, isError: false });
});
