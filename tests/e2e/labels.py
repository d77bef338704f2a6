"""Asked in the page itself: which of its inputs have no name that could be read out."""

UNLABELLED = """
() => [...document.querySelectorAll('input, select, textarea')]
  .filter(input => input.type !== 'hidden')
  .filter(input => !input.labels?.length && !input.ariaLabel && !input.getAttribute('aria-labelledby'))
  .map(input => input.outerHTML)
"""
