/** Starts the page. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import 'uplot/dist/uPlot.min.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/shell.css'
import './styles/view.css'
import './styles/status.css'
import './styles/overview.css'
import './styles/grid.css'
import './styles/columns.css'
import './styles/drawer.css'
import './styles/dialog.css'
import { App } from './app.tsx'
import { applyTheme } from './theme.ts'

applyTheme()
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
