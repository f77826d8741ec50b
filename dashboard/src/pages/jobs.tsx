// Jobs, the newest first: filtered, searched, and several cancelled at once.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';

import { cancelJobs } from '../actions';
import { pathOf, readOnly } from '../api';
import { compact, count } from '../format';
import { Bar, sharesOf } from '../parts/bars';
import { Ago, Count, Empty, JobLink, LabourerLink, Page, Shown, State } from '../parts/basics';
import { Act } from '../parts/dialog';
import { LabourerFilter, Pager, StateFilter, TextFilter, TimeFilter } from '../parts/filters';
import { Check, useSelection } from '../parts/selection';
import { useQuery } from '../query';
import type { Job } from '../types';

const pageSize = 50;
const states = [
  { value: '', label: 'All' },
  { value: 'open', label: 'Open' },
  { value: 'failing', label: 'With dead tasks' },
  { value: 'finished', label: 'Finished' },
];

function Table({ jobs }: { jobs: Job[] }): JSX.Element {
  const open = jobs.filter(job => job.open > 0);
  const selection = useSelection(open.map(job => job.job_id));
  return (
    <>
      {!readOnly && open.length > 0 && (
        <div class="bulk">
          <span class="faint">{selection.chosen.length === 0 ? 'Choose open jobs to cancel them together' : `${selection.chosen.length} chosen`}</span>
          <Act kind="danger" disabled={selection.chosen.length === 0} onClick={() => cancelJobs(open.filter(job => selection.has(job.job_id)))}>
            Cancel chosen
          </Act>
        </div>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label="Jobs">
        <table>
          <thead>
            <tr>
              {!readOnly && (
                <th scope="col" class="check">
                  {open.length > 0 && <Check label="Choose all open jobs" checked={selection.chosen.length === open.length} onChange={selection.toggleAll} />}
                </th>
              )}
              <th scope="col">Job</th>
              <th scope="col">Labourer</th>
              <th scope="col">State</th>
              <th scope="col" class="wide">Progress</th>
              <th scope="col" class="right">Closed</th>
              <th scope="col" class="right">Total</th>
              <th scope="col" class="right">Dead</th>
              <th scope="col" class="right">Scheduled</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map(job => (
              <tr key={job.job_id}>
                {!readOnly && (
                  <td class="check">
                    {job.open > 0 && <Check label={`Choose job ${job.job_id}`} checked={selection.has(job.job_id)} onChange={() => selection.toggle(job.job_id)} />}
                  </td>
                )}
                <th scope="row"><JobLink id={job.job_id} whole /></th>
                <td><LabourerLink id={job.labourer_id} /></td>
                <td><State state={job.state} />{job.priority !== 'normal' && <span class="chip">{job.priority}</span>}</td>
                <td class="wide"><Bar shares={sharesOf(job)} label={`Job ${job.job_id.slice(0, 8)}`} /></td>
                <td class="right">{compact(job.total - job.open)}</td>
                <td class="right" title={count(job.total)}>{compact(job.total)}</td>
                <td class="right"><Count number={job.dead} kind="bad" href={`/tasks?job=${job.job_id}&state=dead`} label={`dead of job ${job.job_id}`} /></td>
                <td class="right nowrap"><Ago time={job.created_at} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

export function Jobs({ query }: { query: URLSearchParams }): JSX.Element {
  const value = (name: string): string => query.get(name) ?? '';
  const within = Number(value('within')) || 0;
  // Fixed when the filter is chosen, so that each look asks the same.
  const from = useMemo(() => (within > 0 ? Math.floor(Date.now() / 1000) - within : ''), [within]);
  const jobs = useQuery<Job[]>(pathOf('jobs', {
    labourer: value('labourer'), state: value('state'), text: value('text'), from, after: value('after'), limit: pageSize + 1,
  }));
  const isFiltered = ['labourer', 'state', 'text', 'within'].some(name => value(name));
  return (
    <Page title="Jobs">
      <form class="filters" role="search" onSubmit={event => event.preventDefault()}>
        <StateFilter value={value('state')} states={states} />
        <LabourerFilter value={value('labourer')} />
        <TimeFilter value={value('within')} />
        <TextFilter name="text" value={value('text')} label="Id or text of the job" placeholder="7f3a91, &quot;store&quot;: 5" />
      </form>
      <section class="panel flush">
        <Shown query={jobs}>
          {all => {
            const page = all.slice(0, pageSize);
            if (page.length === 0) return <Empty>{isFiltered ? 'No job is so.' : <>No job yet. <a href="/schedule">Schedule one</a>.</>}</Empty>;
            return (
              <>
                <Table jobs={page} />
                <Pager last={page[page.length - 1].job_id} isFirst={!value('after')} hasMore={all.length > pageSize} />
              </>
            );
          }}
        </Shown>
      </section>
    </Page>
  );
}
