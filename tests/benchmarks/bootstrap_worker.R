# Bootstrap one model with lme4, when told; run by bootstrap_speed.py.
#
# Rscript bootstrap_worker.R FILE FORMULA REPLICATES
# A line on standard input is answered by one of JSON; the end of the input ends it.

suppressPackageStartupMessages(library(lme4))
given <- commandArgs(trailingOnly = TRUE)
frame <- read.csv(given[1], stringsAsFactors = TRUE)
model <- as.formula(given[2])
replicates <- as.integer(given[3])
statistics <- function(fit) c(fixef(fit), getME(fit, "theta"), sigma(fit))
input <- file("stdin", "r")
while (length(readLines(input, n = 1)) > 0) {
  begin <- proc.time()[["elapsed"]]
  fitted <- suppressMessages(suppressWarnings(lmer(model, frame)))
  found <- suppressMessages(suppressWarnings(
    bootMer(fitted, statistics, nsim = replicates, seed = 1)
  ))
  seconds <- proc.time()[["elapsed"]] - begin
  failed <- sum(!complete.cases(found$t))
  cat(sprintf('{"seconds": %.9g, "singular": -1, "failed": %d}\n', seconds, failed))
  flush(stdout())
}
