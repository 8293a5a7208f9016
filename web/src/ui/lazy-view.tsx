/** A part of the page that is loaded when it is first shown. */
import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import { Notice } from './notice.tsx'

/** `load` must be an import, so that the part becomes a file of its own; `meanwhile` stands where it will be. */
export const lazyView = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = <Notice title='Loading …' />,
): ComponentType<Props> => {
  const View = lazy(async () => ({ default: await load().catch(() => NotLoaded) }))
  return (props) => (
    <Suspense fallback={meanwhile}>
      <View {...props} />
    </Suspense>
  )
}

/** The server is away, or a newer version has other files. */
const NotLoaded = () => (
  <Notice icon='warn' title='This part of the page could not be loaded' tone='bad'>
    <p>
      <button type='button' className='button' onClick={() => window.location.reload()}>
        Load the page anew
      </button>
    </p>
  </Notice>
)
