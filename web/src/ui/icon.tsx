/** The few line icons of the page, 16 × 16, in the colour of the text. */

const PATHS = {
  block: 'M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5M3.6 3.6l8.8 8.8',
  allow:
    'M8 1.5 2.75 3.5v4c0 3.3 2.2 5.9 5.25 7 3.05-1.1 5.25-3.7 5.25-7v-4zM5.5 8l1.8 1.8L10.6 6.3',
  close: 'm3.5 3.5 9 9m0-9-9 9',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9m3.3 7.8 3.2 3.2',
  pause: 'M5.5 3v10m5-10v10',
  play: 'M4.5 2.8v10.4l8.5-5.2z',
  trash: 'M2.5 4.25h11M6 4V2.5h4V4M4 4.5l.6 9h6.8l.6-9M6.75 7v4m2.5-4v4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'm3 8.5 3.3 3.3L13 4.7',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  outbound: 'M4 12 12 4M6 4h6v6',
  inbound: 'm12 4-8 8m6 0H4V6',
  forwarded: 'M2 8h11.5M9.5 4l4 4-4 4',
  sun: 'M8 5.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1m7.8 7.8L13 13M3 13l1.1-1.1m7.8-7.8L13 3',
  moon: 'M13.5 9.7A6 6 0 0 1 6.3 2.5a6 6 0 1 0 7.2 7.2z',
  system: 'M1.75 2.75h12.5v8H1.75zM5.5 13.5h5M8 10.75v2.75',
  warn: 'M8 2 1.5 13.5h13zM8 6.3v3.4m0 1.7v.3',
  keyboard: 'M1.5 4h13v8.5h-13zM4 6.7h.1m2.6 0h.1m2.5 0h.1m2.5 0h.1M5 9.7h6',
  plus: 'M8 3v10M3 8h10',
  columns: 'M2 3h12v10H2zM6 3v10m4-10v10',
  filter: 'M2 3.5h12M4.5 8h7M6.5 12.5h3',
  leave: 'M9.5 2.5h-7v11h7M6.5 8h7.5M11 5l3 3-3 3',
  dot: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
} as const

export type IconName = keyof typeof PATHS

export const Icon = ({ name, label }: { name: IconName; label?: string }) => (
  <svg
    className='icon'
    viewBox='0 0 16 16'
    fill='none'
    stroke='currentColor'
    strokeWidth='1.5'
    strokeLinecap='round'
    strokeLinejoin='round'
    {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
  >
    <path d={PATHS[name]} />
  </svg>
)
