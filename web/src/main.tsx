/** Starts the page. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import 'uplot/dist/uPlot.min.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/query.css'
import './styles/history.css'
import './styles/shell.css'
import './styles/view.css'
import './styles/status.css'
import './styles/overview.css'
import './styles/grid.css'
import './styles/columns.css'
import './styles/drawer.css'
import './styles/devices.css'
import './styles/agents.css'
import './styles/alerts.css'
import './styles/health.css'
import './styles/dialog.css'
import './styles/access.css'
import './styles/respond.css'
import { App } from './app.tsx'
import { applyTheme } from './theme.ts'

/** A mistake in the page itself: said in words instead of leaving an empty screen. */
const showFailure = (root: HTMLElement, error: unknown) => {
  const words = error instanceof Error ? error.message : String(error)
  const text = document.createElement('p')
  text.className = 'failure'
  text.textContent = `The page has made a mistake and stopped: ${words} Reload it to go on; NetScope itself is not affected.`
  setTimeout(() => root.replaceChildren(text))
  console.error(error) // oxlint-disable-line no-console -- the only place where a developer sees the stack
}

applyTheme()
const root = document.getElementById('root')
if (root) {
  createRoot(root, { onUncaughtError: (error) => showFailure(root, error) }).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
