# Fit one case with lme4, when told; run by fit_speed.py in a process of its own.
#
# Rscript fit_worker.R FILE FORMULA REPEATS
# where FILE is a frame as CSV. A line on standard input is answered by one of JSON: the
# seconds of a fit and the criterion reached; the end of the input ends the process.

suppressPackageStartupMessages(library(lme4))
given <- commandArgs(trailingOnly = TRUE)
frame <- read.csv(given[1], stringsAsFactors = TRUE)
model <- as.formula(given[2])
repeats <- as.integer(given[3])
input <- file("stdin", "r")
while (length(readLines(input, n = 1)) > 0) {
  begin <- proc.time()[["elapsed"]]
  for (i in seq_len(repeats)) {
    fitted <- suppressMessages(suppressWarnings(lmer(model, frame)))
  }
  seconds <- (proc.time()[["elapsed"]] - begin) / repeats
  cat(sprintf('{"seconds": %.9g, "criterion": %.10f}\n', seconds, REMLcrit(fitted)))
  flush(stdout())
}
