"""Sentences that the mistakes of several rules share; {} is what the rule remembers."""

STALE = "`w` moves by the old {0}: update the {0} first, then the weights."
INSTEAD = "This is {}."
TWICE = "The factor `1 - mu` counts twice, in the {} and again in the step of `w`."
AVERAGE = INSTEAD.format("the averaged form: the gradient must not be multiplied by `1 - mu` here")
LR_ON_OLD = "You scale the old {} by `lr` as well: the learning rate belongs to the gradient alone."
MU_ON_ALL = "`mu` multiplies the gradient too: it belongs to the old {} alone."
LOOK_TWICE = "Nesterov's move is applied twice: `mu*v` is added once too often."
LR_TWICE = "The learning rate enters twice, in the {} and again in the step of `w`."
EXTRA = "The gradient is counted twice, in the {} and again in the step of `w`."
