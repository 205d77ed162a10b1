-- eachCall(call, settings, size) -> the replies to the calls that travel in one run of a script, in their order. ARGV begins with
-- what is the same for all of them, `settings` arguments, and goes on with `size` arguments for each. A call that fails gets its
-- error as its reply, and the others do not suffer from it. All is as if they had come one by one. What follows a change of the
-- fleet, the same after one change as after many, comes last, and once; only a vacancy is filled before the next call.
--
-- A script says by a line `--- @each-call f settings size` at its end that it is made of such calls; f(arguments...) -> reply.
--- @include noted
local function failure(problem)
  -- what a command of Redis fails with is a table or a text, from release to release
  local text = type(problem) == 'table' and problem.err or problem
  -- a fault of the script itself has no kind in front
  if not string.find(text, '^%u+ ') then text = 'ERR ' .. text end
  local line = type(problem) == 'table' and problem.line
  return {err = line and text .. ' user_script:' .. line or text}
end

function step.eachCall(call, settings, size)
  local replies = {}
  for first = settings + 1, #ARGV, size do
    local done, reply = pcall(call, unpack(ARGV, first, first + size - 1))
    replies[#replies + 1] = done and reply or failure(reply)
    if noted.changed and not step.currentLeader() then step.settleFleet() end
  end
  if noted.changed then step.settleFleet() end
  return replies
end
