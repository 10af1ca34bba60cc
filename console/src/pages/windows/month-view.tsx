import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { MaintenanceWindow } from '../../api/types.ts';
import { type Day, occurrencesOf, weeksOf } from '../../logic/month.ts';

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** A month with the windows in it. */
export function MonthView({ windows }: { readonly windows: readonly MaintenanceWindow[] }) {
  const [ahead, setAhead] = useState(0);
  const today = new Date();
  const month = new Date(today.getFullYear(), today.getMonth() + ahead, 1);
  const weeks = weeksOf(month.getFullYear(), month.getMonth(), occurrencesOf(windows));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Of a window that recurs, the next five times are shown."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="angle-left" ariaLabel="Month before" onClick={() => setAhead(ahead - 1)} />
              <Button onClick={() => setAhead(0)} disabled={ahead === 0}>
                This month
              </Button>
              <Button iconName="angle-right" ariaLabel="Month after" onClick={() => setAhead(ahead + 1)} />
            </SpaceBetween>
          }
        >
          {MONTH.format(month)}
        </Header>
      }
    >
      <Box>
        <div className="month-scroll">
          <table className="month" aria-label={`Windows in ${MONTH.format(month)}`}>
            <thead>
              <tr>
                {WEEKDAYS.map((name) => (
                  <th key={name} scope="col">
                    <abbr title={name}>{name.slice(0, 2)}</abbr>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {weeks.map(([first, ...others]) =>
                first === undefined ? null : (
                  <tr key={first.start.getTime()}>
                    {[first, ...others].map((day) => (
                      <DayCell
                        key={day.start.getTime()}
                        day={day}
                        isToday={day.start.toDateString() === today.toDateString()}
                      />
                    ))}
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </div>
      </Box>
    </Container>
  );
}

function DayCell({
  day: { start, isInMonth, occurrences },
  isToday,
}: {
  readonly day: Day;
  readonly isToday: boolean;
}) {
  return (
    <td className={isInMonth ? undefined : 'beside'} aria-current={isToday ? 'date' : undefined}>
      <span className="day">
        {isToday ? <b>{start.getDate()} today</b> : start.getDate()}
        <span className="unseen"> {DAY.format(start)}</span>
      </span>
      {occurrences.length > 0 && (
        <ul className="plain">
          {occurrences.map(({ window, start: begin, end }) => (
            <li key={`${window.id} ${begin}`} className="as-given">
              {window.mode === 'test' ? 'Test run ' : ''}
              {TIME.format(Math.max(begin, start.getTime()))}–{TIME.format(end)} {window.reason}
            </li>
          ))}
        </ul>
      )}
    </td>
  );
}
