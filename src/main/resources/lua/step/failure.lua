-- failure(problem) -> what a call ended in, as its reply among those of other calls.
--- @include noted
function step.failure(problem)
  -- what a command of Redis fails with is a table or a text, from release to release
  local text = type(problem) == 'table' and problem.err or problem
  -- a fault of the script itself has no kind in front
  if not string.find(text, '^%u+ ') then text = 'ERR ' .. text end
  local line = type(problem) == 'table' and problem.line
  return {err = line and text .. ' user_script:' .. line or text}
end
