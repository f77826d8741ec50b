// Scheduled rules: when they were due, when they are next, what they schedule.
import type { JSX } from 'preact';

import { triggerRule } from '../actions';
import { moment } from '../format';
import { Ago, Empty, Page, Shown } from '../parts/basics';
import { Act } from '../parts/dialog';
import { JsonText, rawElements, rawFields } from '../parts/json';
import { useQuery } from '../query';
import type { Rule } from '../types';

function RuleCard({ rule, job }: { rule: Rule; job: string }): JSX.Element {
  return (
    <section class="panel">
      <header>
        <h2>{rule.name} {!rule.enabled && <span class="chip">disabled</span>}</h2>
        <div class="side"><Act label={`Trigger ${rule.name} now`} onClick={() => triggerRule(rule)}>Trigger now</Act></div>
      </header>
      <dl class="facts">
        <div class="fact"><dt>Schedule</dt><dd><code>{rule.schedule}</code></dd></div>
        <div class="fact"><dt>Last</dt><dd><Ago time={rule.last} /></dd></div>
        <div class="fact"><dt>Next</dt><dd>{rule.enabled ? <><Ago time={rule.next} /> <span class="faint">{rule.next !== null && moment(rule.next).slice(0, 19)}</span></> : 'never'}</dd></div>
        <div class="fact"><dt>When missed</dt><dd>{rule.missed === 'skip' ? 'skipped' : 'once, late'}</dd></div>
      </dl>
      <details>
        <summary>What it schedules</summary>
        <JsonText text={job} label={`the job of ${rule.name}`} />
      </details>
    </section>
  );
}

export function Rules(): JSX.Element {
  const rules = useQuery<Rule[]>('rules');
  return (
    <Page title="Rules">
      <Shown query={rules}>
        {list => {
          const raw = rawElements(rules.text);
          if (list.length === 0) return <section class="panel"><Empty>No scheduled rules: <code>rules</code> of sosw.yaml makes them.</Empty></section>;
          return list.map((rule, i) => <RuleCard key={rule.name} rule={rule} job={rawFields(raw[i]).get('job') ?? 'null'} />);
        }}
      </Shown>
    </Page>
  );
}
