-- eachCall(carryOut, settings, size) -> the replies to the calls that travel in one run of a script, in their order. ARGV begins with
-- what is the same for all of them, `settings` arguments, and goes on with `size` arguments for each. A call that fails gets its
-- error as its reply, and the others do not suffer from it. All is as if they had come one by one, but that the dead are cleared
-- away once (sweep_expired.lua). What follows a change of the fleet, the same after one change as after many, comes last, and once,
-- and fails for all if it fails; only a vacancy is filled before the next call.
--
-- A script that has more to do at the end does it in step.afterCalls().
--
-- A script says by a line `--- @each-call f settings size` at its end that it is made of such calls; f(arguments...) -> reply.
--- @include noted
--- @on-demand failure failure
function step.eachCall(carryOut, settings, size)
  noted.settings, noted.size = settings, size
  local replies = {}
  for first = settings + 1, #ARGV, size do
    local done, reply = pcall(carryOut, unpack(ARGV, first, first + size - 1))
    replies[#replies + 1] = done and reply or step.failure(reply)
    if noted.changed and not (noted.leader or step.currentLeader()) then step.settleFleet() end
  end
  if noted.changed then step.settleFleet() end
  if step.afterCalls then step.afterCalls() end
  return replies
end
