"""Marginal means of R's emmeans 1.8.4 with lme4 1.1-31 and lmerTest 3.1-3.

    C <- lmerControl(optCtrl = list(maxfun = 1e5, rhoend = 1e-10))
    d <- read.csv("oats.csv")
    u <- d[!(d$Block == "I" & d$nitro == 0) &
           !(d$Block == "III" & d$Variety == "Victory" & d$nitro > 0.3), ]
    u$dose <- factor(u$nitro)
    m <- lmer(yield ~ dose * Variety + (1 | Block / Variety), u, control = C)
    o <- read.csv("orthodont.csv")
    m2 <- lmer(log(distance) ~ I(age^2) + age * Sex + (age | Subject), o, control = C)
    o$f <- as.integer(o$Sex == "Male")
    m3 <- lmer(distance ~ log(age) + f + (1 | Subject), o, control = C)

with Satterthwaite's degrees of freedom.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def oats_with_gaps(reference):
    """The rows u: unbalanced, no cell empty."""
    d = pd.read_csv(reference / "data" / "oats.csv")
    gone = (d["Block"] == "I") & (d["nitro"] == 0)
    gone |= (d["Block"] == "III") & (d["Variety"] == "Victory") & (d["nitro"] > 0.3)
    return d.assign(dose=d["nitro"].map(str))[~gone]


def orthodont(reference):
    """The rows o."""
    o = pd.read_csv(reference / "data" / "orthodont.csv")
    return o.assign(f=(o["Sex"] == "Male").astype(int))


def assert_means(table, expected):
    """Compare with lmerTest's df, which come from numerical derivatives, and SEs."""
    expected = np.array(expected)
    np.testing.assert_allclose(table["df"], expected[:, 2], rtol=1e-3)
    np.testing.assert_allclose(table["estimate"], expected[:, 0], rtol=2e-5)
    np.testing.assert_allclose(table["std_error"], expected[:, 1], rtol=5e-5)
    if expected.shape[1] > 3:
        scale = 1e-4 * expected[:, 1]
        for name, ends in zip(["lower", "upper"], expected[:, 3:].T, strict=True):
            assert (np.abs(table[name] - ends) <= scale).all()


# emmeans(m, "Variety", weights = ...): emmean, SE, df, lower.CL, upper.CL of
# Golden Rain, Marvellous, Victory
VARIETIES = {
    "equal": [
        [103.92071897, 7.701338778, 8.820225287, 86.44480149, 121.3966364],
        [109.96924727, 7.701338778, 8.820225287, 92.49332979, 127.4451648],
        [98.10376733, 7.773266078, 9.137245383, 80.55959752, 115.6479371],
    ],
    "proportional": [
        [104.62303191, 7.697427410, 8.802879981, 87.15062222, 122.0954416],
        [110.62171398, 7.697427410, 8.802879980, 93.14930429, 128.0941237],
        [98.77700564, 7.772443043, 9.132690919, 81.23338216, 116.3206291],
    ],
    "cells": [
        [105.06149475, 7.696744147, 8.799891051, 87.58970866, 122.5332809],
        [110.95151937, 7.696744147, 8.799891050, 93.47973327, 128.4233055],
        [97.70200063, 7.767092557, 9.110225285, 80.16396880, 115.2400325],
    ],
}

# contrast(emmeans(m, "dose"), "poly"): estimate, SE, df, t.ratio, p.value
POLYNOMIALS = {
    "linear": [
        152.741736140,
        15.27876263,
        40.72268480,
        9.9969964742,
        1.596435054e-12,
    ],
    "quadratic": [
        -8.680578211,
        6.60233752,
        39.93599247,
        -1.3147734701,
        1.960865091e-01,
    ],
    "cubic": [2.386133014, 14.42719238, 39.98704691, 0.1653913632, 8.694692992e-01],
}

# pairs(emmeans(m, "dose"), adjust = ...): estimate, SE, df
PAIRS = [
    [-20.09168932, 4.736581133, 40.02997322],
    [-34.65002303, 4.842253901, 40.50067365],
    [-46.06113414, 4.842253901, 40.50067365],
    [-14.55833371, 4.550936595, 40.23363825],
    [-25.96944482, 4.550936595, 40.23363826],
    [-11.41111111, 4.599528225, 39.83579189],
]
PAIRS_P = {
    "tukey": [
        7.099970232e-04,
        6.292212729e-08,
        4.276223819e-11,
        1.375151341e-02,
        6.994632959e-06,
        7.850513387e-02,
    ],
    "sidak": [
        7.637666032e-04,
        6.381770146e-08,
        4.233813300e-11,
        1.602698195e-02,
        7.200263893e-06,
        1.001074894e-01,
    ],
    "bh": [  # adjust = "fdr"
        1.910024437e-04,
        3.190885156e-08,
        4.233796178e-11,
        3.227013796e-03,
        2.400095165e-06,
        1.742636607e-02,
    ],
}
# confint(pairs(...)): lower.CL, upper.CL
PAIRS_INTERVALS = {
    "tukey": [
        [-32.78730555, -7.3960730980],
        [-47.62242024, -21.6776258274],
        [-59.03353135, -33.0887369385],
        [-26.75371686, -2.3629505630],
        [-38.16482797, -13.7740616742],
        [-23.74195374, 0.9197315154],
    ],
    "sidak": [
        [-33.20008143, -6.983297210],
        [-48.04282307, -21.257222993],
        [-59.45393418, -32.668334104],
        [-27.14966640, -1.967001020],
        [-38.56077751, -13.378112131],
        [-24.14341742, 1.321195196],
    ],
}

# emmeans' own p-values of "trt.vs.ctrl" and "consec" with adjust = "mvt" are sure to
# some 1e-4 only. These are 1 - pmvt(rep(-t, 3), rep(t, 3), df = 40, corr = R) with
# R = cov2cor(vcov(contrast(emmeans(m, "dose"), ...))) and abseps = 1e-7.
CONTROL_P = 0.0003641532953  # of the first; the df of the model are 40.03
CONSECUTIVE_P = [0.0003740331139, 0.007681917542, 0.04732838795]
# confint(contrast(emmeans(m, "dose"), "trt.vs.ctrl", adjust = "mvt")): its quantile is
# sure to some 3e-3
CONTROL_INTERVALS = [
    [8.572431967, 31.61094668],
    [22.873771914, 46.42627415],
    [34.284883025, 57.83738526],
]

# pairs(emmeans(m, "dose", by = "Variety"), adjust = "holm"): p.value
HOLM_BY_VARIETY = {
    "Golden Rain": [
        4.454261723e-02,
        2.635917217e-04,
        5.877159996e-06,
        8.499105588e-02,
        5.936636452e-03,
        1.950291729e-01,
    ],
    "Marvellous": [
        5.415187444e-02,
        3.807682304e-03,
        1.218152289e-04,
        4.348845268e-01,
        6.708308690e-02,
        4.348845268e-01,
    ],
    "Victory": [
        8.078559967e-02,
        5.489024369e-04,
        3.096546402e-06,
        8.078559967e-02,
        8.923771353e-04,
        9.613929694e-02,
    ],
}

# emmeans(m2, "Sex"): Female, Male
SEXES = [
    [3.110651298, 0.02544606396, 28.63791089, 3.058579656, 3.162722939],
    [3.207091418, 0.02141681503, 30.32253803, 3.163371948, 3.250810888],
]
# emmeans(m2, c("Sex", "age"), at = list(age = c(8, 14)))
SEXES_AT_AGES = [
    [3.054151602, 0.02934098977, 26.67391144, 2.993914408, 3.114388796],
    [3.118927001, 0.02450548160, 27.44372739, 3.068683919, 3.169170084],
    [3.181034890, 0.02760964114, 26.90197907, 3.124374926, 3.237694854],
    [3.309139730, 0.02308094816, 27.77703432, 3.261843448, 3.356436013],
]
# emtrends(m2, "Sex", var = "age", delta.var = 1e-6), and the same at age 8; with the
# default step, which is one-sided, curved effects are off by 2e-4
SLOPES = [
    [0.02114721539, 0.004468014871, 24.99935775, 0.01194515453, 0.03034927626],
    [0.03170212221, 0.003704682221, 24.99935732, 0.02407217641, 0.03933206802],
]
SLOPES_AT_8 = [
    [0.01651925013, 0.009070476357, 75.88805396, -0.001546600163, 0.03458510042],
    [0.02707415695, 0.008719808187, 71.56025930, 0.009689711889, 0.04445860201],
]
# pairs(emtrends(m2, "Sex", var = "age")): estimate, SE, df, t.ratio, p.value
SLOPES_PAIR = [
    -0.01055490683,
    0.005804121578,
    24.99935747,
    -1.818519251,
    0.08098632311,
]
# summary(emmeans(m2, "Sex"), type = "response")
SEXES_MEASURED = [
    [22.43565193, 0.5708990342, 28.63791089, 21.29728620, 23.63486469],
    [24.70711893, 0.5291477960, 30.32253803, 23.65020889, 25.81126148],
]
# confint(pairs(emmeans(m2, "Sex"), type = "response"))
SEXES_RATIO = [0.9080642709, 0.02899612749, 24.99848926, 0.8502667999, 0.9697905647]

# emmeans(m3, ~ 1) and emtrends(m3, ~ 1, var = "age", delta.var = 1e-4)
OVERALL = [23.95797568, 0.3809776762, 25.070783, 23.17344978, 24.74250158]
OVERALL_SLOPE = [0.6361640639, 0.06084246593, 80.00000139, 0.5150836981, 0.7572444298]
